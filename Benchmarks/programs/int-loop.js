function main() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) for (let j = 0; j < 3000; j++) sum = (sum + j) & 0xffff;
  return sum;
}
print(main());
