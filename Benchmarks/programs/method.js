class Counter {
  constructor(start) { this.value = start; }
  add(n) { this.value = (this.value + n) & 0xffffff; return this; }
  get() { return this.value; }
}
function main() {
  const counter = new Counter(1);
  for (let i = 0; i < 3000000; i++) counter.add(i).add(1);
  return counter.get();
}
print(main());
