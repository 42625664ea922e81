const data = [];
for (let i = 0; i < 200; i++) data.push({ id: i, name: 'item ' + i, tags: ['a', 'b', String(i)], nested: { x: i / 3, y: null, z: i % 2 === 0 } });
let size = 0;
for (let i = 0; i < 30; i++) { const text = JSON.stringify(data); size += text.length; size += JSON.parse(text).length; }
print(size);
