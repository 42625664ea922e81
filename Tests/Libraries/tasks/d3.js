// packages: libjs-d3
// modules: d3 = javascript/d3/d3.js
// fuel: 1200000   heap: 4m   allow: eval
const d3 = require('d3');
let seed = 42;
const random = n => ((seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff) >>> 8) % n;
const rows = Array.from({ length: 300 }, (_, i) => ({ k: 'abc'[random(3)], g: random(5), v: random(1000) / 7, t: new Date(Date.UTC(2001, random(12), random(28), random(24))) }));
console.log(JSON.stringify(d3.nest().key(d => d.k).sortKeys(d3.descending).key(d => d.g).rollup(l => [l.length, d3.mean(l, d => d.v), d3.median(l, d => d.v), d3.deviation(l, d => d.v)]).entries(rows)));
const linear = d3.scale.linear().domain(d3.extent(rows, d => d.v)).range([0, 500]).nice(), log = d3.scale.log().domain([1, 1e6]), power = d3.scale.pow().exponent(.5).domain([0, 100]).range(['#f00', 'steelblue']), time = d3.time.scale.utc().domain(d3.extent(rows, d => d.t));
console.log(linear.ticks(7).join(), rows.slice(0, 40).map(d => linear(d.v)).join(), log.ticks().length, power(37), power(99), time.ticks(d3.time.months, 2).map(String).length, time.ticks(5).map(+Date ? d => +d : d => +d).join(), d3.scale.quantile().domain(rows.map(d => d.v)).range([1, 2, 3, 4]).quantiles().join());
console.log(['.2f', ',.1f', '+.3e', 's', '.3s', 'x', '08.2f', '$,.2r', '%', '^20', '*>12d'].map(f => [0, 1234.5678, -0.00012, 1e21, 42].map(v => { try { return d3.format(f)(v); } catch (e) { return e.message; } }).join(' ')).join('\n'));
console.log(d3.time.format.utc('%Y-%m-%d %H:%M:%S.%L %a %B %j %U %p')(rows[5].t), +d3.time.format.utc('%d/%m/%Y').parse('05/06/2007'), ['rgb(1,2,3)', '#abc', 'hsl(120,50%,20%)', 'teal'].map(c => d3.hcl(c).brighter() + ' ' + d3.lab(c) + ' ' + d3.hsl(c)).join());
console.log(d3.interpolate({ a: 1, b: '10px 20%' }, { a: 5, b: '30px 0%' })(.25).b, d3.interpolateHcl('red', 'blue')(.5), d3.interpolateTransform.length, d3.svg.line().x(d => d.v).y((d, i) => i).interpolate('cardinal')(rows.slice(0, 30)));
console.log(d3.svg.arc().innerRadius(10).outerRadius(50)({ startAngle: 0, endAngle: 2 }), JSON.stringify(d3.layout.pie().value(d => d.v)(rows.slice(0, 8)).map(a => [a.startAngle, a.endAngle])), d3.svg.area().interpolate('monotone').y0(0).y1(d => d.v).x((d, i) => i)(rows.slice(0, 20)));
const tree = n => n ? { name: 'n' + n, size: n * 10, children: Array.from({ length: n % 3 + 1 }, () => tree(n - 1)) } : { name: 'leaf', size: random(50) + 1 };
for (const layout of [d3.layout.tree().size([100, 100]), d3.layout.cluster().size([90, 50]), d3.layout.treemap().size([300, 200]).value(d => d.size), d3.layout.pack().size([300, 300]).value(d => d.size), d3.layout.partition().value(d => d.size)]) { seed = 9; console.log(layout.nodes(tree(4)).map(n => [n.x, n.y, n.r, n.dx].map(v => v === undefined ? '' : v.toFixed(6)).join()).join(' ')); }
console.log(d3.csv.format(rows.slice(0, 5).map(r => ({ ...r, t: 'x,"' }))), JSON.stringify(d3.csv.parse('a,b\n1,"2,""3"\n4,5')), JSON.stringify(d3.geom.hull(rows.slice(0, 60).map(d => [d.v, d.g]))), d3.geom.voronoi([[1, 2], [5, 1], [3, 8], [9, 9]]).length, d3.geom.quadtree(rows.map(d => [d.v, d.g])).visit.length);
console.log(d3.geo.path().projection(d3.geo.mercator())({ type: 'Polygon', coordinates: [[[0, 0], [40, 10], [30, 60], [-10, 40], [0, 0]]] }), d3.geo.area({ type: 'Polygon', coordinates: [[[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]] }).toFixed(9), d3.geo.distance([0, 0], [90, 45]).toFixed(12));
