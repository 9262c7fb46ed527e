//! Ordinary beginners' programs in Python: what they print was compared with CPython outside of any jail.

use skillsync_sandbox::Language;

use crate::{Example, expect};

#[tokio::test]
async fn they_print_what_they_should() {
    expect(Language::Python, EXAMPLES).await;
}

const EXAMPLES: &[Example] = &[
    Example { source: r#"print("Hello, world!")"#, input: "", output: "Hello, world!\n" },
    Example {
        source: r#"name = input("What is your name? ")
age = int(input())
print(f"Hello, {name}! Next year you will be {age + 1}.")"#,
        input: r#"Ada
36
"#,
        output: "What is your name? Hello, Ada! Next year you will be 37.\n",
    },
    Example {
        source: r#"for number in range(1, 16):
    if number % 15 == 0:
        print("FizzBuzz")
    elif number % 3 == 0:
        print("Fizz")
    elif number % 5 == 0:
        print("Buzz")
    else:
        print(number, end=" ")
print()"#,
        input: "",
        output: r#"1 2 Fizz
4 Buzz
Fizz
7 8 Fizz
Buzz
11 Fizz
13 14 FizzBuzz

"#,
    },
    Example {
        source: r#"def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        yield a
        a, b = b, a + b

print(list(fibonacci(10)), sum(fibonacci(300)) % 1000)"#,
        input: "",
        output: "[0, 1, 1, 2, 3, 5, 8, 13, 21, 34] 800\n",
    },
    Example {
        source: r#"words = "the quick brown fox jumps over the lazy dog the end".split()
counts = {}
for word in words:
    counts[word] = counts.get(word, 0) + 1
for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
    print(f"{word:<6}{count:>3}")"#,
        input: "",
        output: r#"the     3
brown   1
dog     1
end     1
fox     1
jumps   1
lazy    1
over    1
quick   1
"#,
    },
    Example {
        source: r#"from collections import Counter, defaultdict, deque, namedtuple
Point = namedtuple("Point", "x y")
print(Counter("banana").most_common(2), Point(1, 2))
groups = defaultdict(list)
for word in ["apple", "avocado", "bean"]:
    groups[word[0]].append(word)
print(dict(groups), deque([1, 2, 3], maxlen=2))"#,
        input: "",
        output: r#"[('a', 3), ('n', 2)] Point(x=1, y=2)
{'a': ['apple', 'avocado'], 'b': ['bean']} deque([2, 3], maxlen=2)
"#,
    },
    Example {
        source: r#"from dataclasses import dataclass, field

@dataclass(order=True)
class Card:
    rank: int
    suit: str = "hearts"
    notes: list[str] = field(default_factory=list)

print(sorted([Card(9), Card(2, "clubs")]), Card(1) == Card(1))"#,
        input: "",
        output: "[Card(rank=2, suit='clubs', notes=[]), Card(rank=9, suit='hearts', notes=[])] True\n",
    },
    Example {
        source: r#"class Animal:
    def __init__(self, name):
        self.name = name
    def speak(self):
        raise NotImplementedError
    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"

class Dog(Animal):
    def speak(self):
        return f"{self.name} says woof"

print(Dog("Rex").speak(), [Dog("A")])
try:
    Animal("?").speak()
except NotImplementedError as error:
    print("caught", type(error).__name__)"#,
        input: "",
        output: r#"Rex says woof [Dog('A')]
caught NotImplementedError
"#,
    },
    Example {
        source: r#"import math
from decimal import Decimal
from fractions import Fraction
print(math.sqrt(2), math.factorial(20), math.pi, 7 // 2, -7 // 2, 7 % -3, 2 ** 100)
print(0.1 + 0.2, Decimal("0.1") + Decimal("0.2"), Fraction(1, 3) + Fraction(1, 6), round(2.5), round(3.14159, 2))"#,
        input: "",
        output: r#"1.4142135623730951 2432902008176640000 3.141592653589793 3 -4 -2 1267650600228229401496703205376
0.30000000000000004 0.3 1/2 2 3.14
"#,
    },
    Example {
        source: r#"import json
data = json.loads('{"name": "Ada", "tags": ["a", "b"], "ok": true, "none": null}')
data["age"] = 36
print(data)
print(json.dumps(data, indent=2, sort_keys=True))"#,
        input: "",
        output: r#"{'name': 'Ada', 'tags': ['a', 'b'], 'ok': True, 'none': None, 'age': 36}
{
  "age": 36,
  "name": "Ada",
  "none": null,
  "ok": true,
  "tags": [
    "a",
    "b"
  ]
}
"#,
    },
    Example {
        source: r#"import re
text = "Call 555-1234 or 555-9876 before 2024-01-15."
print(re.findall(r"\d{3}-\d{4}", text))
print(re.sub(r"(\d+)-(\d+)-(\d+)", r"\3.\2.\1", text))
match = re.search(r"(?P<year>\d{4})-(?P<month>\d\d)", text)
print(match.group("year"), match.groupdict())"#,
        input: "",
        output: r#"['555-1234', '555-9876']
Call 555-1234 or 555-9876 before 15.01.2024.
2024 {'year': '2024', 'month': '01'}
"#,
    },
    Example {
        source: r#"from datetime import date, datetime, timedelta
start = date(2024, 2, 28)
print(start + timedelta(days=2), (date(2024, 12, 25) - start).days, start.strftime("%A, %d %B %Y"))
print(datetime(2024, 1, 2, 3, 4, 5).isoformat(), datetime.strptime("01/02/2023", "%d/%m/%Y").date())"#,
        input: "",
        output: r#"2024-03-01 301 Wednesday, 28 February 2024
2024-01-02T03:04:05 2023-02-01
"#,
    },
    Example {
        source: r#"import itertools, functools, operator
print(list(itertools.permutations("abc", 2)))
print(functools.reduce(operator.mul, range(1, 6)), list(itertools.accumulate([1, 2, 3, 4])))

@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

print(fib(90), fib.cache_info().misses)"#,
        input: "",
        output: r#"[('a', 'b'), ('a', 'c'), ('b', 'a'), ('b', 'c'), ('c', 'a'), ('c', 'b')]
120 [1, 3, 6, 10]
2880067194370816120 91
"#,
    },
    Example {
        source: r#"import random
random.seed(42)
rolls = [random.randint(1, 6) for _ in range(1000)]
print(len(rolls), min(rolls), max(rolls), set(rolls) == {1, 2, 3, 4, 5, 6})
print(random.choice(["a"]), sorted(random.sample(range(3), 3)))"#,
        input: "",
        output: r#"1000 1 6 True
a [0, 1, 2]
"#,
    },
    Example {
        source: r#"from enum import Enum, auto
class Colour(Enum):
    RED = auto()
    GREEN = auto()

print(list(Colour), Colour.RED.name, Colour(2), Colour["RED"] is Colour.RED)
match Colour.GREEN:
    case Colour.RED:
        print("stop")
    case Colour.GREEN:
        print("go")"#,
        input: "",
        output: r#"[<Colour.RED: 1>, <Colour.GREEN: 2>] RED Colour.GREEN True
go
"#,
    },
    Example {
        source: r#"def divide(a, b):
    try:
        return a / b
    except ZeroDivisionError as error:
        return f"error: {error}"
    finally:
        print("done")

print(divide(1, 2), divide(1, 0))
try:
    int("twelve")
except ValueError as error:
    print(error)
try:
    {}["missing"]
except KeyError as error:
    print("missing key", error)
try:
    [][1]
except IndexError as error:
    print(error)"#,
        input: "",
        output: r#"done
done
0.5 error: division by zero
invalid literal for int() with base 10: 'twelve'
missing key 'missing'
list index out of range
"#,
    },
    Example {
        source: r#"matrix = [[1, 2, 3], [4, 5, 6]]
print([list(row) for row in zip(*matrix)], [cell for row in matrix for cell in row if cell % 2])
print({n: n ** 2 for n in range(4)}, {1, 2} | {3}, {1, 2} & {2, 3}, (1,), [1, 2, 3, 4][::-1][1:3])
first, *rest = "hello"
print(first, rest, "lo" in "hello", "a,b".split(","), "-".join("abc"))"#,
        input: "",
        output: r#"[[1, 4], [2, 5], [3, 6]] [1, 3, 5]
{0: 0, 1: 1, 2: 4, 3: 9} {1, 2, 3} {2} (1,) [3, 2]
h ['e', 'l', 'l', 'o'] True ['a', 'b'] a-b-c
"#,
    },
    Example {
        source: r#"print("Grüße, 世界! 🎉", len("naïve"), "ß".upper(), "é" == "e\u0301")
print("left".ljust(8) + "|", "right".rjust(8) + "|", "mid".center(9, "*"), f"{1234567.891:,.2f}", f"{255:08b} {255:x}", f"{0.256:.1%}")"#,
        input: "",
        output: r#"Grüße, 世界! 🎉 5 SS False
left    |    right| ***mid*** 1,234,567.89 11111111 ff 25.6%
"#,
    },
    Example {
        source: r#"import statistics, string, textwrap, time
print(statistics.mean([1, 2, 3, 4]), statistics.median([3, 1, 2]), statistics.stdev([2, 4, 4, 4, 5, 5, 7, 9]))
print(string.ascii_lowercase[:5], textwrap.fill("a short text to wrap in lines", 12))
begin = time.time()
print(time.time() - begin < 5, time.strftime("%Y", time.gmtime(0)))"#,
        input: "",
        output: r#"2.5 2 2.138089935299395
abcde a short text
to wrap in
lines
True 1970
"#,
    },
    Example {
        source: r#"import asyncio

async def fetch(name, delay):
    await asyncio.sleep(delay)
    return name

async def main():
    print(await asyncio.gather(fetch("slow", 0.02), fetch("quick", 0.01)))

asyncio.run(main())"#,
        input: "",
        output: "['slow', 'quick']\n",
    },
    Example {
        source: r#"from typing import Protocol, TypeVar, Generic, Optional
T = TypeVar("T")

class Stack(Generic[T]):
    def __init__(self) -> None:
        self._items: list[T] = []
    def push(self, item: T) -> None:
        self._items.append(item)
    def pop(self) -> Optional[T]:
        return self._items.pop() if self._items else None

stack: Stack[int] = Stack()
stack.push(1); stack.push(2)
print(stack.pop(), stack.pop(), stack.pop(), __name__)
if __name__ == "__main__":
    print("main")"#,
        input: "",
        output: r#"2 1 None __main__
main
"#,
    },
    Example {
        source: r#"def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n ** 0.5) + 1))

print([n for n in range(50) if is_prime(n)])

def bubble_sort(items):
    for end in range(len(items) - 1, 0, -1):
        for at in range(end):
            if items[at] > items[at + 1]:
                items[at], items[at + 1] = items[at + 1], items[at]
    return items

print(bubble_sort([5, 1, 4, 2, 8]))
print(len(str(2 ** 10000)), sum(n for n in range(100000)))"#,
        input: "",
        output: r#"[2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47]
[1, 2, 4, 5, 8]
3011 4999950000
"#,
    },
    Example {
        source: r#"from contextlib import contextmanager
import io, csv, copy, heapq, bisect

@contextmanager
def section(name):
    print("enter", name)
    yield name.upper()
    print("leave", name)

with section("a") as upper:
    print(upper)
buffer = io.StringIO("name,age\nAda,36\n")
print(list(csv.DictReader(buffer)))
heap = [5, 1, 3]
heapq.heapify(heap)
print(heapq.heappop(heap), bisect.bisect([1, 3, 5], 3), copy.deepcopy({"a": [1]}))"#,
        input: "",
        output: r#"enter a
A
leave a
[{'name': 'Ada', 'age': '36'}]
1 2 {'a': [1]}
"#,
    },
    Example {
        source: r#"import sys
total = 0
for line in sys.stdin:
    total += int(line)
print("total", total)
print("to stderr is elsewhere", file=sys.stdout)
counter = 3
while counter:
    counter -= 1
    if counter == 1:
        continue
    print(counter, end=", " if counter else "\n")
else:
    print("liftoff")"#,
        input: r#"1
2
39
"#,
        output: r#"total 42
to stderr is elsewhere
2, 0
liftoff
"#,
    },
];
