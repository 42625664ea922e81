// packages: node-semver node-lru-cache node-yallist
// modules: semver = nodejs/semver
// fuel: 60000000   heap: 8m
const semver = require('semver');
const versions = [];
for (let a = 0; a < 4; a++) for (let b = 0; b < 4; b++) for (let c = 0; c < 4; c++) versions.push(`${a}.${b}.${c}`, ...(c === 2 ? [`${a}.${b}.${c}-beta.${b}`, `${a}.${b}.${c}-rc+build.${c}`] : []));
const ranges = ['^1.2.3', '~1.2', '>=1.2.0 <2.1.3 || 3.x', '1.0 - 2.1', '*', '', '^0.0.2', '>1 <=3.1', '1.2.2-beta.1 - 1.3', '~>2.1.1', '^1.2.2-alpha', 'x', '=2.2.2', '<0.1 || >3.2'];
for (const range of ranges) {
    console.log(range, '=>', semver.validRange(range), semver.minVersion(range).version, semver.maxSatisfying(versions, range), semver.minSatisfying(versions, range), versions.filter(v => semver.satisfies(v, range)).join(' '));
    console.log(versions.filter(v => semver.satisfies(v, range, { includePrerelease: true })).length, ranges.map(other => +semver.intersects(range, other) + '' + +semver.subset(range, other)).join(' '), semver.simplifyRange(versions, range).toString());
}
console.log(semver.rsort([...versions]).join(' '), semver.sort(['1.0.0-alpha.beta', '1.0.0', '1.0.0-alpha.1', '1.0.0-rc.1', '1.0.0-beta.11', '1.0.0-beta.2', '1.0.0-alpha']).join(' '));
for (const kind of ['major', 'premajor', 'minor', 'preminor', 'patch', 'prepatch', 'prerelease']) console.log(kind, ['1.2.3', '1.2.3-beta.4', '0.0.0'].map(v => semver.inc(v, kind, 'dev') + ' ' + semver.diff(v, semver.inc(v, kind))).join(' | '));
for (const text of ['v1.2.3', ' =1.2.3 ', '1.2', '1.2.3.4', '01.2.3', '1.2.3-01', '999999999999999999.0.0', 'foo42.6.7.9.3-alpha', 'v2']) console.log(text, semver.valid(text), semver.clean(text), String(semver.coerce(text)), semver.valid(text, { loose: true }));
console.log(semver.gtr('4.0.0', '^3'), semver.ltr('0.1.0', '>1'), semver.outside('9.0.0', '^3', '>'), semver.compareBuild('1.0.0+a', '1.0.0+b'), JSON.stringify(semver.parse('1.2.3-a.4+b')), semver.cmp('1.2.3', '>=', '1.2.3'));
