function queens(n) {
  const columns = [], up = [], down = [];
  let solutions = 0;
  function place(row) {
    if (row === n) { solutions++; return; }
    for (let c = 0; c < n; c++) {
      if (columns[c] || up[row + c] || down[row - c + n]) continue;
      columns[c] = up[row + c] = down[row - c + n] = true;
      place(row + 1);
      columns[c] = up[row + c] = down[row - c + n] = false;
    }
  }
  place(0);
  return solutions;
}
let total = 0;
for (let round = 0; round < 12; round++) total += queens(10);
print(queens(8), queens(9), total);
