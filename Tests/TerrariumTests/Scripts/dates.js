const d = new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789));
console.log(d.toISOString(), d.toJSON(), d.getTime());
console.log(String(d));
console.log(d.toDateString() + " | " + d.toTimeString() + " | " + d.toUTCString());
console.log(d.toLocaleString() + " | " + d.toLocaleDateString() + " | " + d.toLocaleTimeString());
console.log(d.getFullYear(), d.getMonth(), d.getDate(), d.getDay(), d.getHours(), d.getYear(), d.getTimezoneOffset());
console.log(d.setMonth(12), d.toISOString());
console.log(d.setDate(0), d.setHours(25, 61, 61, 1001), d.toISOString());
console.log(new Date(NaN).setFullYear(2000), String(new Date(NaN)), new Date(NaN).getTime());
console.log(Date.parse("2020-01-01"), Date.parse("2020-01-01T00:00"), Date.parse("1 Jan 2020 10:00 GMT+0200"), Date.parse("?"));
console.log(new Date(0, 0).getFullYear(), new Date(99, 11, 31).getFullYear(), new Date(8.64e15 + 1).getTime());
console.log(new Date(-1).toISOString(), new Date(-62198755200000).toISOString(), new Date(8.64e15).toISOString());
console.log(typeof (new Date(5) + 1), new Date(5) - 1, new Date(7)[Symbol.toPrimitive]("number"));
try { new Date(NaN).toISOString(); } catch (e) { console.log(String(e)); }
try { Date.prototype.getTime.call({}); } catch (e) { console.log(String(e)); }
console.log(Date.prototype.toGMTString === Date.prototype.toUTCString, Date.length, Date.UTC.length);
class Day extends Date { next() { return new Day(+this + 864e5); } }
console.log(new Day(0).next().toISOString(), new Day(0) instanceof Date);
