// packages: coffeescript
// modules: coffee = nodejs/coffeescript/lib/coffeescript-browser-compiler-legacy/coffeescript.js # this.CoffeeScript
// fuel: 300000000   heap: 256m   allow: eval
const CoffeeScript = require('coffee');
const source = `
# Assignment, functions, classes
square = (x) -> x * x
cubes = (square(n) * n for n in [1..10] when n % 2 is 0)
class Animal
  constructor: (@name, {@age = 3, rest...} = {}) ->
  move: (meters...) ->
    console.log "#{@name} moved #{meters.join ', '}m."
  @create: -> new this arguments...
class Snake extends Animal
  move: ->
    super 5, 6
    @age?.toString?() ? 'none'
race = (winner, runners...) -> print winner, runners
[first, ..., last] = 'a b c'.split ' '
{a, b: {c}} = a: 1, b: {c: 2}
grade = (student, period = (if b? then 7 else 6)) ->
  if student.excellent
    'A+'
  else unless student.ok then 'D' else
    switch student.score
      when 1, 2 then 'C'
      else 'B'
gen = -> yield i for i in [0...3] by 2
html = """
  <b>#{if first then 'x' else """y#{last}"""}</b>
    indented
"""
re = /// ^ ( \\d+ ) # comment
  (#{first}) ///gi
try nope() catch err then err finally done = yes
eldest = if 24 > 21 > 1 then 'L' else 'I'
do (x = 1) => await x
obj = 'key-#{1}': 1, [first]: 2, method: -> @
delete obj.method unless a in [1, 2] or a not of obj
x = y // 2 %% 3 ** 2
loop
  break if x-- < 0
until done is no then done = not done
export default class
`;
console.log(CoffeeScript.compile(source, { bare: true }));
const { js, v3SourceMap } = CoffeeScript.compile(source, { sourceMap: true, filename: 'x.coffee' });
console.log(js.length, v3SourceMap);
console.log(CoffeeScript.tokens(source).map(t => t[0] + (t.generated ? '*' : '')).join(' '));
let long = '';
for (let i = 0; i < 12; i++) long += source.replace('export default class', '').replace(/square/g, 'square' + i);
console.log(CoffeeScript.compile(long, { bare: true, header: true }));
console.log(JSON.stringify(new Function(CoffeeScript.compile('return (x * y for x in [1..5] for y in [x..5])', { bare: true }))()));
for (const bad of ['a = (', 'if x\nthen', 'class\n  constructor: ->\n    super', '"open', 'x = [1, 2', 'a b, c)', '`', 'for x of', 'await'])
    try { console.log(CoffeeScript.compile(bad, { bare: true })); } catch (error) { console.log(error.name, error.message, JSON.stringify(error.location)); }
