{ // Fields are there before the defaults of the constructor's parameters.
    class Early { #x = 'field'; y = 2; constructor(o = this.#x, { p = this.y } = {}, ...rest) { this.seen = [o, p, rest.length, arguments.length].join(); } }
    class Derived extends Early { z = 3; constructor(a, b = a) { super(undefined, undefined, a, b); } }
    console.log(new Early().seen, new Early(1, { p: 4 }, 5, 6).seen, new Derived(7).seen, JSON.stringify(new Derived(7)));
    new Proxy({}, { defineProperty(target, key, descriptor) { console.log(Object.keys(descriptor).join()); return true; } }).q = 1;
    Reflect.defineProperty(new Proxy({}, { defineProperty(target, key, descriptor) { console.log(Object.keys(descriptor).join()); return true; } }), 'q', { configurable: true, set() { } });
}
{ // Alternatives that all begin at the start are tried at the start only.
    const chunk = 'let x = 1; // '.repeat(20000), number = /^0b[01](?:_?[01])*n?|^\d+(?:_\d+)*n|(?:^(?:\d+)?\.?\d+)+/i;
    let none = 0;
    for (let i = 0; i < 30; i++) if (number.exec(chunk) === null) none++;
    console.log(none, /^a|^b/.exec('ba').index, /^a|b/.exec('cb').index, /(^a)|(?:^b)c|^/.exec('bcd')[0].length, /(?:^a)*b/.exec('xb').index, /a|^b/m.exec('x\nb').index, /(?<=^a)b|^c/.exec('ab').index, /(?=^)a|^b/.exec('ab').index, /x^|^y/.exec('xy'), 'aXbX'.split(/^a|^b/).join('|'), 'a\nb'.replace(/^|^b/gm, '>'), /(?:^|x)y/.exec('zxy').index);
}
