// Loops over typed arrays of bytes, integers and floats, views and their methods.
const bytes = new Uint8Array(100000), ints = new Int32Array(100000), floats = new Float64Array(100000);
let sum = 0;
for (let round = 0; round < 10; round++) {
    for (let i = 0; i < bytes.length; i++) bytes[i] = i * 7 + round;
    for (let i = 0; i < ints.length; i++) ints[i] = (ints[i] + bytes[i] * 3) | 0;
    for (let i = 0; i < floats.length; i++) floats[i] = floats[i] * 0.5 + ints[i];
}
for (let i = 0; i < 100000; i++) sum = (sum + bytes[i] + ints[i] + Math.floor(floats[i])) & 0xffffff;
const view = new DataView(bytes.buffer);
for (let i = 0; i < 90000; i += 4) sum = (sum + view.getInt32(i, true)) & 0xffffff;
for (let round = 0; round < 40; round++) { bytes.subarray(round, 5000).fill(round); ints.set(bytes.slice(0, 4000), round); sum = (sum + ints.indexOf(77777777)) & 0xffffff; }
sum = (sum + bytes.map(v => v ^ 1).reduce((a, b) => (a + b) & 0xffff, 0)) & 0xffffff;
print(sum);
