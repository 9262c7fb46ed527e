//! How the console shows the values of JavaScript: every example was compared with Node.js.

use skillsync_sandbox::Language;

use crate::{Example, expect};

#[tokio::test]
async fn they_print_what_they_should() {
    expect(Language::JavaScript, EXAMPLES).await;
}

const EXAMPLES: &[Example] = &[
    Example {
        source: r#"const numbers = [5, 1, 10, 2];
console.log(numbers.map((n) => n * 2), numbers.filter((n) => n > 2), numbers.reduce((a, b) => a + b, 0));
console.log([...numbers].sort(), [...numbers].sort((a, b) => a - b), numbers.indexOf(10), numbers.includes(3));
console.log(Array.from({ length: 10 }, (_, i) => i + 1));
console.log(["apple", "banana", "cherry", "dragonfruit", "elderberry", "fig", "grape", "honeydew"]);"#,
        input: "",
        output: r#"[ 10, 2, 20, 4 ] [ 5, 10 ] 18
[ 1, 10, 2, 5 ] [ 1, 2, 5, 10 ] 2 false
[
  1, 2, 3, 4,  5,
  6, 7, 8, 9, 10
]
[
  'apple',
  'banana',
  'cherry',
  'dragonfruit',
  'elderberry',
  'fig',
  'grape',
  'honeydew'
]
"#,
    },
    Example {
        source: r#"const person = { name: "Ada", age: 36, address: { city: "London", geo: { lat: 51.5, pin: { a: 1 } } }, tags: ["a", "b"] };
console.log(person);
const { name, address: { city }, ...rest } = person;
console.log(name, city, rest);
console.log(Object.keys(person), Object.entries({ x: 1, y: "two" }), { ...person, age: 37 }.age, person.missing?.thing ?? "none");"#,
        input: "",
        output: r#"{
  name: 'Ada',
  age: 36,
  address: { city: 'London', geo: { lat: 51.5, pin: [Object] } },
  tags: [ 'a', 'b' ]
}
Ada London { age: 36, tags: [ 'a', 'b' ] }
[ 'name', 'age', 'address', 'tags' ] [ [ 'x', 1 ], [ 'y', 'two' ] ] 37 none
"#,
    },
    Example {
        source: r#"const map = new Map([["one", 1], ["two", { nested: [1, 2] }]]);
map.set("three", 3).delete("one");
console.log(map, map.size, map.get("two"), [...map.keys()]);
console.log(new Set([1, 2, 2, "x"]), new Set("hello").size, new WeakMap(), Symbol("id"), 10n ** 20n);"#,
        input: "",
        output: r#"Map(2) { 'two' => { nested: [ 1, 2 ] }, 'three' => 3 } 2 { nested: [ 1, 2 ] } [ 'two', 'three' ]
Set(3) { 1, 2, 'x' } 4 WeakMap { <items unknown> } Symbol(id) 100000000000000000000n
"#,
    },
    Example {
        source: r#"console.log("%s is %d years old and %i, %f, %j %o", "Ada", 36.5, 36.5, "1.5", { a: 1 }, 5, "extra");
console.log("100%", 5, "%d%%", -0, [-0], [undefined, null, NaN, Infinity], [, 1, , ,]);
console.log("a\nb", ["a\nb", "it's", 'say "hi"'], "", [""], {}, [], [[]], [{}], { a: {} }, null, undefined);"#,
        input: "",
        output: r#"Ada is 36.5 years old and 36, 1.5, {"a":1} 5 extra
100% 5 %d%% -0 [ -0 ] [ undefined, null, NaN, Infinity ] [ <1 empty item>, 1, <2 empty items> ]
a
b [ 'a\nb', "it's", 'say "hi"' ]  [ '' ] {} [] [ [] ] [ {} ] { a: {} } null undefined
"#,
    },
    Example {
        source: r#"console.log(function named() {}, () => {}, class A {}, async () => {}, function* gen() {}, [Math.max], { method() {}, arrow: () => 1 });
const counter = () => { let count = 0; return { increment: () => ++count, get count() { return count; } }; };
const one = counter();
one.increment();
console.log(one.increment(), one.count, one);
console.log(typeof null, typeof undefined, typeof (() => 1), typeof 1n, typeof Symbol(), void 0);"#,
        input: "",
        output: r#"[Function: named] [Function (anonymous)] [class A] [AsyncFunction (anonymous)] [GeneratorFunction: gen] [ [Function: max] ] { method: [Function: method], arrow: [Function: arrow] }
2 2 { increment: [Function: increment], count: [Getter] }
object undefined function bigint symbol undefined
"#,
    },
    Example {
        source: r#"const node = { name: "root", children: [] };
node.children.push({ name: "leaf", parent: node });
node.self = node;
console.log(node);
console.log({ a: { b: { c: { d: 1 } } }, list: [[1, [2, [3, [4]]]]] });
console.log([{ id: 1, title: "First", done: false }, { id: 2, title: "Second", done: true }, { id: 3, title: "A longer third", done: true }]);"#,
        input: "",
        output: r#"<ref *1> {
  name: 'root',
  children: [ { name: 'leaf', parent: [Circular *1] } ],
  self: [Circular *1]
}
{ a: { b: { c: [Object] } }, list: [ [ 1, [Array] ] ] }
[
  { id: 1, title: 'First', done: false },
  { id: 2, title: 'Second', done: true },
  { id: 3, title: 'A longer third', done: true }
]
"#,
    },
    Example {
        source: r#"console.table([{ name: "Ada", age: 36 }, { name: "Alan", born: 1912 }]);
console.group("Group");
console.log("inside");
console.group();
console.log({ a: 1,
 b: [1, 2] });
console.groupEnd();
console.groupEnd();
console.count(); console.count("x"); console.count();
console.info("info"); console.debug("debug"); console.dir({ a: { b: 1 } });"#,
        input: "",
        output: r#"┌─────────┬────────┬─────┬──────┐
│ (index) │ name   │ age │ born │
├─────────┼────────┼─────┼──────┤
│ 0       │ 'Ada'  │ 36  │      │
│ 1       │ 'Alan' │     │ 1912 │
└─────────┴────────┴─────┴──────┘
Group
  inside
    { a: 1, b: [ 1, 2 ] }
default: 1
x: 1
default: 2
info
debug
{ a: { b: 1 } }
"#,
    },
    Example {
        source: r#"const point = new Proxy({ x: 1 }, { get: (target, key) => (key in target ? target[key] : `no ${String(key)}`) });
console.log(point.x, point.y, Reflect.ownKeys({ a: 1, [Symbol.for("s")]: 2 }).length);
const withAccessors = { first: "Ada", get full() { return this.first + "!"; }, set full(value) { this.first = value; } };
withAccessors.full = "Alan";
console.log(withAccessors, withAccessors.full, Object.create({ inherited: 1 }), Object.create(null));
function Person(name) { this.name = name; }
Person.prototype.greet = function () { return `Hi, ${this.name}`; };
console.log(new Person("Ada").greet(), new Person("Ada"), [1, 2, 3].with(0, 9), Object.fromEntries([["a", 1]]));"#,
        input: "",
        output: r#"1 no y 2
{ first: 'Alan', full: [Getter/Setter] } Alan! {} [Object: null prototype] {}
Hi, Ada Person { name: 'Ada' } [ 9, 2, 3 ] { a: 1 }
"#,
    },
    Example {
        source: r#"const user = { id: 1, name: "A quite long name for a user", email: "someone@example.org", roles: ["admin", "editor"], active: true };
console.log(user);
console.log([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
console.log(new Map([["config", { debug: true, levels: ["info", "warn"] }]]), { f: new Set([[1, 2]]) });
console.log([1.5, 22.25, 3, 4, 5, 6, 7], "abcdefghij".split(""), new Uint8Array([1, 2, 3]), Promise.resolve(4));"#,
        input: "",
        output: r#"{
  id: 1,
  name: 'A quite long name for a user',
  email: 'someone@example.org',
  roles: [ 'admin', 'editor' ],
  active: true
}
[ [ 1, 2, 3 ], [ 4, 5, 6 ], [ 7, 8, 9 ] ]
Map(1) { 'config' => { debug: true, levels: [ 'info', 'warn' ] } } { f: Set(1) { [ 1, 2 ] } }
[
  1.5, 22.25, 3,
    4,     5, 6,
    7
] [
  'a', 'b', 'c', 'd',
  'e', 'f', 'g', 'h',
  'i', 'j'
] Uint8Array(3) [ 1, 2, 3 ] Promise { 4 }
"#,
    },
];
