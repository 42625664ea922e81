// Lines and fields taken apart and put together.
const lines = [];
for (let i = 0; i < 2000; i++) lines.push('id' + i + ',name of ' + i + ',' + i * 1.5 + ',,end');
const text = lines.join('\n');
let sum = 0;
for (let round = 0; round < 30; round++) {
    const rows = text.split('\n').map(line => line.split(','));
    for (const row of rows) sum = (sum + row.length + row[1].length) & 0xffffff;
    sum = (sum + rows.map(row => row.join(';')).join('\n').length) & 0xffffff;
    sum = (sum + text.split(' ').length) & 0xffffff;
}
for (let i = 0; i < 3000; i++) sum = (sum + 'abcdefghijklmnop'.split('').reverse().join('').length) & 0xffffff;
print(sum);
