// What the README's first command runs.
class Account {
  #balance = 0;
  deposit(amount) { this.#balance += amount; return this; }
  get balance() { return this.#balance; }
}
const accounts = Array.from({ length: 1000 }, (_, i) => new Account().deposit(i).deposit(1));
const total = accounts.map(a => a.balance).reduce((a, b) => a + b);
console.log(`total ${total}`);
