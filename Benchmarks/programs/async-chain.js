// Awaits one after the other, of plain values, of promises and of async functions.
async function leaf(i) { return i; }
async function middle(i) { return (await leaf(i)) + (await i); }
async function main() {
    let sum = 0;
    for (let i = 0; i < 150000; i++) sum = (sum + await middle(i)) & 0xffffff;
    const all = await Promise.all(Array.from({ length: 20000 }, (_, i) => middle(i)));
    for (const v of all) sum = (sum + v) & 0xffffff;
    print(sum);
}
main();
