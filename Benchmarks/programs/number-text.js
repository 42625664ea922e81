// Numbers to text and back.
let sum = 0;
for (let i = 0; i < 150000; i++) {
    const x = i * 1.37 + 1 / (i + 1);
    sum = (sum + String(x).length + (i * 12345).toString().length + x.toFixed(3).length) & 0xffffff;
    sum = (sum + parseInt('' + i, 10) + (parseFloat('1.' + i) * 10 | 0) + Number('0x' + (i & 255).toString(16))) & 0xffffff;
}
print(sum);
