// packages: node-bluebird
// modules: bluebird = nodejs/bluebird
// fuel: 4000000   heap: 4m   allow: eval   timers: simulated
const Bluebird = require('bluebird');
const log = [];
const later = (value, turns) => new Bluebird(resolve => { let p = Promise.resolve(); for (let i = 0; i < turns; i++) p = p.then(() => {}); p.then(() => resolve(value)); });
const range = n => Array.from({ length: n }, (_, i) => i);
(async () => {
    log.push('all ' + (await Bluebird.all(range(50).map(i => later(i, i % 7)))).join());
    log.push('map ' + await Bluebird.map(range(40), i => later(i * i, 3), { concurrency: 4 }));
    log.push('series ' + await Bluebird.mapSeries(range(10), (i, index, n) => later(i + n, 2)));
    log.push('reduce ' + await Bluebird.reduce(range(100), (sum, i) => i % 3 ? sum + i : later(sum - i, 1), 1000));
    log.push('filter ' + await Bluebird.filter(range(20), i => later(i % 3 === 0, i)) + ' each ' + await Bluebird.each([3, 1, 2], i => later(log.push('each ' + i), i)));
    log.push('props ' + JSON.stringify(await Bluebird.props({ a: later(1, 2), b: 2, c: Bluebird.resolve(3) })) + ' any ' + await Bluebird.any([Bluebird.reject(new Error('no')), later('yes', 3)]) + ' some ' + await Bluebird.some([later('slow', 9), later('b', 1), 'c'], 2));
    log.push('race ' + await Bluebird.race([later('x', 30), later('y', 2)]) + ' spread ' + await Bluebird.all([1, 2]).spread((a, b) => a * 10 + b) + ' join ' + await Bluebird.join(1, later(2, 2), 3, (a, b, c) => a + b + c));
    class Special extends Error { constructor(m) { super(m); this.name = 'Special'; this.code = 7; } }
    for (const make of [() => new Special('s'), () => new TypeError('t'), () => ({ code: 9 }), () => new RangeError('r')])
        log.push(await Bluebird.reject(make()).catch(Special, e => 'special ' + e.message).catch(TypeError, e => 'type ' + e.message).catch({ code: 9 }, () => 'nine').catch(e => e instanceof RangeError, e => 'range ' + e.message).finally(() => log.push('finally')));
    const node = (a, b, done) => Promise.resolve().then(() => a < 0 ? done(Object.assign(new Error('negative'), { isOperational: true })) : done(null, a + b));
    const promised = Bluebird.promisify(node), object = Bluebird.promisifyAll({ base: 5, add(n, done) { done(null, this.base + n); }, two(done) { done(null, 1, 2); } }, { multiArgs: false });
    log.push('promisify ' + await promised(2, 3) + ' ' + await object.addAsync(4) + ' ' + await promised(-1, 0).error(e => 'operational ' + e.message));
    log.push('coroutine ' + await Bluebird.coroutine(function* (n) { let sum = 0; for (let i = 0; i < n; i++) sum += yield later(i, 1); try { yield Bluebird.reject(new Error('inside')); } catch (e) { sum += e.message; } return sum; })(20));
    log.push(...(await Bluebird.all([later(1, 1), Bluebird.reject(new Error('two'))].map(p => p.reflect()))).map(i => i.isFulfilled() ? 'ok ' + i.value() : 'bad ' + i.reason().message));
    log.push('using ' + await Bluebird.using(later('resource', 2).disposer(r => log.push('disposed ' + r)), r => r + '!') + ' tap ' + await later(5, 1).tap(v => log.push('tap ' + v)).get('toFixed').call('call', 5, 2) + ' return ' + await later(1, 1).return('other'));
    const p = later(1, 1);
    log.push('state ' + p.isPending() + await p + p.isFulfilled() + p.value() + ' try ' + await Bluebird.try(() => { throw 'thrown'; }).catchReturn('caught') + ' method ' + await Bluebird.method(x => x * 2)(21));
    log.push('bind ' + await Bluebird.bind({ k: 'v' }).then(function () { return this.k; }) + ' asCallback ' + await new Promise(done => later('cb', 1).asCallback((e, v) => done(v))) + ' settle ' + (await Bluebird.allSettled([1, Bluebird.reject(2)])).length);
    console.log(log.join('\n'));
})().catch(error => console.log('failed', error, error.stack));
