// Alternatives that the next unit chooses, and that cannot fail then: nothing is kept to come back to.
const patterns = [
    /(?:([a-z]\w*)|(\d+(?:\.\d+)?)|(.))/g, /\s*(?:([A-Za-z_]\w*)|(\d+)|("(?:[^"\\]|\\.)*")|(.))/gy, /(?:(a)|(ab)|(b))/g, /a|ab/g, /(?:a|ab)c/g,
    /(?:[a-c]x*|[b-d]y*)/g, /(?:[a-c]x*|[b-d]y*)z/g, /([a-c]|b)\1/g, /(?:([ab])|([bc]))*/g, /(?:([ab])|([bc]))+?c/g, /(?:(a)(?=b)|(a))/g, /(?:[ab](?!c)|b)/g,
    /(?:(s)|(\w))/gi, /(?:(s)|(\w))/giu, /(?:(k)|(.))/giu, /(?:(\u{1F600})|(.))/gu, /(?:([\u{1F600}a])|(.))/gu, /(?:(.)|(\n))/g, /(?:(.)|(\n))/gs, /(?:([^a])|(a))/g,
    /(?:([^a])|(a))/gu, /(?:(é)|(\W))/g, /(?:a(?:b(?:c|d)|e)|.)/g, /(?:a(?:b(?:c|d)|e)|f)$/g, /(?:a*|b)/g, /(?:a+?|b)c?/g, /^(?:a|b).*?(\d)?$/i, /(?:|a)/g, /(?:a|)/g,
    /(?<x>a)|(?<y>b)/g, /(?<=(?:a|b))c|d/g, /(?=(?:(a)|(.)))./g, /(?!(?:(a)|(b)))./g, /(?:(a|b)|(c))(?:\1|\2)/g, /\s*,/g, /\s*\S/g, /[ab]*[bc]/g, /[ab]*?[bc]/g, /(?:[ab]{2}|a)/g,
    /(?:\d|\w)(?:\w|\d)/g, /(?:[a-z]|[A-Z])+/g, /(?:[a-z]|[a-c])+z/g,
];
const texts = ['', 'ab', 'abc', 'bb', 'let x1 = 4.25 + "q\\"r" ;', 'axxbyyz', 'sSſK\u212A', 'a\u{1F600}b\uD83D', 'é\nä', 'abd ae f B7', '  a , b', '\u0100\u2028a'];
for (const pattern of patterns) {
    const lines = [];
    for (const text of texts) {
        pattern.lastIndex = 0;
        let line = '';
        for (let n = 0; n < 5; n++) {
            const m = pattern.exec(text);
            if (m === null) break;
            line += m.index + JSON.stringify(m) + (m.groups ? JSON.stringify(m.groups) : '');
            if (pattern.global && m[0] === '') pattern.lastIndex++;
            if (!pattern.global) break;
        }
        lines.push([line, text.replace(pattern, '<$&>'), pattern.test(text)].join(' '));
    }
    print(String(pattern));
    print(lines.join('\n'));
}
// `exec` of objects whose `lastIndex` is anything.
const sticky = /b|(a)/y;
for (const index of [0, 1, -1, 3, 9, '1', 1.5, NaN, null, undefined, { valueOf() { return 1; } }]) {
    sticky.lastIndex = index;
    const m = sticky.exec('bab');
    print(m === null ? null : m.index + m[0] + m[1], sticky.lastIndex);
}
const frozen = Object.freeze(/a/g), own = Object.assign(/a/, { extra: 1 }), result = /(?<n>a)(b)?/d.exec('xa');
for (const f of [() => frozen.exec('b'), () => frozen.exec('a'), () => own.exec('xa').index, () => RegExp.prototype.exec.call({}, 'a'), () => /x/.exec(), () => /5/.exec(5).input]) {
    try { print(f()); } catch (e) { print(e.name + ': ' + e.message); }
}
print(Object.keys(result), JSON.stringify(result.indices), result.groups.n, result.input, Object.keys(/a/.exec('a')), Array.isArray(/a/.exec('a')));
