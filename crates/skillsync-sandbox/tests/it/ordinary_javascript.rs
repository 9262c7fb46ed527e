//! Ordinary beginners' programs in JavaScript: what they print was compared with Node.js.

use skillsync_sandbox::Language;

use crate::{Example, expect};

#[tokio::test]
async fn they_print_what_they_should() {
    expect(Language::JavaScript, EXAMPLES).await;
}

const EXAMPLES: &[Example] = &[
    Example { source: r#"console.log("Hello, world!");"#, input: "", output: "Hello, world!\n" },
    Example {
        source: r#"const name = prompt("What is your name? ");
console.log(`Hello, ${name}!`);"#,
        input: "Ada\n",
        output: "What is your name? Hello, Ada!\n",
    },
    Example {
        source: r#"for (let number = 1; number <= 15; number++) {
  console.log(number % 15 === 0 ? "FizzBuzz" : number % 3 === 0 ? "Fizz" : number % 5 === 0 ? "Buzz" : number);
}"#,
        input: "",
        output: r#"1
2
Fizz
4
Buzz
Fizz
7
8
Fizz
Buzz
11
Fizz
13
14
FizzBuzz
"#,
    },
    Example {
        source: r#"class Animal {
  #secret = 1;
  static count = 0;
  constructor(name) { this.name = name; Animal.count += 1; }
  speak() { return `${this.name} makes a sound`; }
  get loud() { return this.name.toUpperCase(); }
}
class Dog extends Animal {
  constructor(name, breed) { super(name); this.breed = breed; }
  speak() { return `${super.speak()}: woof`; }
}
const rex = new Dog("Rex", "Collie");
console.log(rex, rex.speak(), rex.loud, Animal.count, rex instanceof Animal, Dog, [rex]);"#,
        input: "",
        output: r#"Dog { name: 'Rex', breed: 'Collie' } Rex makes a sound: woof REX 1 true [class Dog extends Animal] [ Dog { name: 'Rex', breed: 'Collie' } ]
"#,
    },
    Example {
        source: r#"console.log("start");
setTimeout(() => console.log("timeout 200"), 200);
setTimeout(() => console.log("timeout 100"), 100);
setTimeout(() => console.log("timeout 0"), 0);
Promise.resolve().then(() => console.log("promise 1")).then(() => console.log("promise 2"));
queueMicrotask(() => console.log("microtask"));
process.nextTick(() => console.log("next tick"));
(async () => { console.log("async start"); await null; console.log("async end"); })();
console.log("end");"#,
        input: "",
        output: r#"start
async start
end
next tick
promise 1
microtask
async end
promise 2
timeout 0
timeout 100
timeout 200
"#,
    },
    Example {
        source: r#"const wait = (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms));
async function main() {
  const begin = Date.now();
  console.log(await Promise.all([wait(300, "slow"), wait(100, "quick")]));
  console.log(await Promise.race([wait(300, "slow"), wait(100, "quick")]));
  try {
    await Promise.reject(new Error("no luck"));
  } catch (error) {
    console.log(error.message);
  } finally {
    console.log(Date.now() - begin >= 400);
  }
  console.log(await Promise.allSettled([wait(1, "good"), Promise.reject("bad")]));
}
main();"#,
        input: "",
        output: r#"[ 'slow', 'quick' ]
quick
no luck
true
[
  { status: 'fulfilled', value: 'good' },
  { status: 'rejected', reason: 'bad' }
]
"#,
    },
    Example {
        source: r#"let ticks = 0;
const timer = setInterval(() => {
  ticks += 1;
  console.log("tick", ticks);
  if (ticks === 3) clearInterval(timer);
}, 1000);
const never = setTimeout(() => console.log("never"), 500);
clearTimeout(never);
setTimeout((a, b) => console.log(a, b), 1500, "with", "values");"#,
        input: "",
        output: r#"tick 1
with values
tick 2
tick 3
"#,
    },
    Example {
        source: r#"try {
  null.property;
} catch (error) {
  console.log(error instanceof TypeError, error.name);
}
class ValidationError extends Error {
  constructor(field, message) { super(message); this.name = "ValidationError"; this.field = field; }
}
try {
  throw new ValidationError("age", "must be positive");
} catch (error) {
  console.log(`${error}`, error.field, error instanceof Error);
}
try { undefinedName; } catch ({ name, message }) { console.log(name, message); }
try { JSON.parse("nope"); } catch ({ name }) { console.log(name); }
console.log((() => { try { return "try"; } finally { console.log("finally"); } })());"#,
        input: "",
        output: r#"true TypeError
ValidationError: must be positive age true
ReferenceError undefinedName is not defined
SyntaxError
finally
try
"#,
    },
    Example {
        source: r#"console.log(JSON.stringify({ a: [1, { b: 2 }], c: "x", d: undefined, e: null, f: new Date(0) }));
console.log(JSON.stringify([1, { a: 2 }], null, 2), JSON.parse('{"a": [1, 2, {"b": null}]}'));
console.log(new Date(Date.UTC(2024, 0, 15)), new Date(0).toISOString(), [new Date(0)], new Date("nope"));"#,
        input: "",
        output: r#"{"a":[1,{"b":2}],"c":"x","e":null,"f":"1970-01-01T00:00:00.000Z"}
[
  1,
  {
    "a": 2
  }
] { a: [ 1, 2, { b: null } ] }
2024-01-15T00:00:00.000Z 1970-01-01T00:00:00.000Z [ 1970-01-01T00:00:00.000Z ] Invalid Date
"#,
    },
    Example {
        source: r#"console.log("Hello".split("").reverse().join(""), "a-b-c".replaceAll("-", "+"), "  trim ".trim(), "abc".at(-1), "x".padStart(3, "."), "ab".repeat(2));
console.log("2024-01-15".match(/(\d+)-(\d+)/).slice(1), /h(.)llo/i.exec("Hello")[1], "a1b22".replace(/\d+/g, (d) => d * 2), [..."a1b2".matchAll(/\d/g)].map((m) => m[0]));
console.log("Grüße, 世界! 🎉", [..."🎉é"].length, "é".normalize("NFD").length, "ß".toUpperCase(), ["日本"]);
console.log("b,a,c".split(",").sort(), "abc" < "abd", "10" + 1, "10" - 1, [] + {}, "5" * "2", 1 + +"2");"#,
        input: "",
        output: r#"olleH a+b+c trim c ..x abab
[ '2024', '01' ] e a2b44 [ '1', '2' ]
Grüße, 世界! 🎉 2 2 SS [ '日本' ]
[ 'a', 'b', 'c' ] true 101 9 [object Object] 10 3
"#,
    },
    Example {
        source: r#"console.log(0.1 + 0.2, 5 / 2, 5 % 3, -5 % 3, 2 ** 53, 1 / 0, 0 / 0, 1e21, 1e-7, 255..toString(16), (3.14159).toFixed(2), Number("12px"), parseInt("12px"));
console.log(Math.max(1, 5, 3), Math.round(2.5), Math.floor(-1.5), Math.trunc(-1.5), Math.hypot(3, 4), Number.MAX_SAFE_INTEGER, 1_000_000);
console.log((1234567.891).toLocaleString(), (1234.5).toLocaleString("en-US", { style: "currency", currency: "USD" }), (0.256).toLocaleString("en-US", { style: "percent" }));"#,
        input: "",
        output: r#"0.30000000000000004 2.5 2 -2 9007199254740992 Infinity NaN 1e+21 1e-7 ff 3.14 NaN 12
5 3 -2 -1 5 9007199254740991 1000000
1,234,567.891 $1,234.50 26%
"#,
    },
    Example {
        source: r#"function* range(start, end) { for (let i = start; i < end; i++) yield i; }
console.log([...range(1, 5)], Array.from(range(0, 3), (n) => n * n), Math.max(...range(0, 9)));
const iterable = { *[Symbol.iterator]() { yield "a"; yield "b"; } };
for (const item of iterable) console.log(item);
for (const [index, value] of ["x", "y"].entries()) console.log(index, value);
for (const key in { p: 1, q: 2 }) console.log(key);
label: for (const i of [1, 2]) for (const j of [1, 2]) { if (j === 2) continue label; console.log(i, j); }"#,
        input: "",
        output: r#"[ 1, 2, 3, 4 ] [ 0, 1, 4 ] 8
a
b
0 x
1 y
p
q
1 1
2 1
"#,
    },
    Example {
        source: r#"const memo = new Map();
const fib = (n) => n < 2n ? n : memo.get(n) ?? (memo.set(n, fib(n - 1n) + fib(n - 2n)), memo.get(n));
console.log(fib(90n), fib(90n).toString().length);
const isPrime = (n) => n > 1 && Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, i) => i + 2).every((d) => n % d);
console.log(Array.from({ length: 50 }, (_, i) => i).filter(isPrime));
const sum = (n) => (n === 0 ? 0 : n + sum(n - 1));
console.log(sum(5000), [3, 1, 2].toSorted());"#,
        input: "",
        output: r#"2880067194370816120n 19
[
   2,  3,  5,  7, 11, 13,
  17, 19, 23, 29, 31, 37,
  41, 43, 47
]
12502500 [ 1, 2, 3 ]
"#,
    },
    Example {
        source: r#"var hoisted = typeof later;
var later = 1;
console.log(hoisted, typeof notThere, this === undefined, (function () { return typeof this; })());
console.log([1, 2, 3].map(parseInt), [10, 9, 1].sort(), [] == false, null == undefined, NaN === NaN, "b" + "a" + +"a" + "a");
const frozen = Object.freeze({ a: 1 });
frozen.a = 2;
console.log(frozen, Object.isFrozen(frozen), structuredClone({ a: [1, new Date(0)] }));
undeclared = 5;
console.log(undeclared, delete globalThis.undeclared, typeof undeclared);"#,
        input: "",
        output: r#"undefined undefined false object
[ 1, NaN, NaN ] [ 1, 10, 9 ] true true false baNaNa
{ a: 1 } true { a: [ 1, 1970-01-01T00:00:00.000Z ] }
5 true undefined
"#,
    },
    Example {
        source: r#"const inventory = [["apple", 3], ["pear", 0], ["fig", 12]];
let report = "";
for (const [item, count] of inventory) {
  switch (true) {
    case count === 0: report += `${item}: none\n`; break;
    case count > 10: report += `${item}: many\n`; break;
    default: report += `${item}: ${count}\n`;
  }
}
process.stdout.write(report);
let n = 3;
do { process.stdout.write(`${n}${n > 1 ? ", " : "\n"}`); } while (--n);
console.log([..."mississippi"].reduce((counts, c) => ({ ...counts, [c]: (counts[c] || 0) + 1 }), {}));"#,
        input: "",
        output: r#"apple: 3
pear: none
fig: many
3, 2, 1
{ m: 1, i: 4, s: 4, p: 2 }
"#,
    },
];
