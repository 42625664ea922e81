let text = '';
for (let i = 0; i < 300000; i++) text += i % 10;
let hash = 0;
for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
const parts = [];
for (let i = 0; i < 50000; i++) parts.push('p' + i);
print(hash, parts.join('-').length);
