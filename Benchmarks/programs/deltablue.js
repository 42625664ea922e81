// One-way constraint solver: local propagation along the strongest constraints (chains of equalities, projections).
const REQUIRED = 0, STRONG_PREFERRED = 1, PREFERRED = 2, STRONG_DEFAULT = 3, NORMAL = 4, WEAK_DEFAULT = 5, WEAKEST = 6;

class Variable {
  constructor(value) {
    this.value = value; this.constraints = []; this.determinedBy = null;
    this.mark = 0; this.walkStrength = WEAKEST; this.stay = true;
  }
  add(constraint) { this.constraints.push(constraint); }
  remove(constraint) {
    const index = this.constraints.indexOf(constraint);
    if (index >= 0) this.constraints.splice(index, 1);
    if (this.determinedBy === constraint) this.determinedBy = null;
  }
}

class Constraint {
  constructor(strength) { this.strength = strength; }
  register(planner) { this.addToGraph(); planner.incrementalAdd(this); }
  satisfy(planner, mark) {
    this.chooseMethod(mark);
    if (!this.isSatisfied()) {
      if (this.strength === REQUIRED) throw new Error('Could not satisfy a required constraint');
      return null;
    }
    this.markInputs(mark);
    const out = this.output();
    const overridden = out.determinedBy;
    if (overridden !== null) overridden.markUnsatisfied();
    out.determinedBy = this;
    if (!planner.addPropagate(this, mark)) throw new Error('Cycle encountered');
    out.mark = mark;
    return overridden;
  }
  destroy(planner) { if (this.isSatisfied()) planner.incrementalRemove(this); else this.removeFromGraph(); }
  get isInput() { return false; }
}

class UnaryConstraint extends Constraint {
  constructor(variable, strength, planner) { super(strength); this.out = variable; this.satisfied = false; this.register(planner); }
  addToGraph() { this.out.add(this); this.satisfied = false; }
  removeFromGraph() { if (this.out !== null) this.out.remove(this); this.satisfied = false; }
  chooseMethod(mark) { this.satisfied = this.out.mark !== mark && this.strength < this.out.walkStrength; }
  isSatisfied() { return this.satisfied; }
  markInputs() {}
  output() { return this.out; }
  markUnsatisfied() { this.satisfied = false; }
  inputsKnown() { return true; }
  recalculate() {
    this.out.walkStrength = this.strength;
    this.out.stay = !this.isInput;
    if (this.out.stay) this.execute();
  }
  execute() {}
}
class Stay extends UnaryConstraint {}
class Edit extends UnaryConstraint { get isInput() { return true; } }

const NONE = 0, FORWARD = 1, BACKWARD = -1;
class BinaryConstraint extends Constraint {
  constructor(a, b, strength) { super(strength); this.a = a; this.b = b; this.direction = NONE; }
  chooseMethod(mark) {
    if (this.a.mark === mark) {
      this.direction = this.b.mark !== mark && this.strength < this.b.walkStrength ? FORWARD : NONE;
    } else if (this.b.mark === mark) {
      this.direction = this.a.mark !== mark && this.strength < this.a.walkStrength ? BACKWARD : NONE;
    } else if (this.a.walkStrength > this.b.walkStrength) {
      this.direction = this.strength < this.a.walkStrength ? BACKWARD : NONE;
    } else {
      this.direction = this.strength < this.b.walkStrength ? FORWARD : NONE;
    }
  }
  addToGraph() { this.a.add(this); this.b.add(this); this.direction = NONE; }
  removeFromGraph() { this.a.remove(this); this.b.remove(this); this.direction = NONE; }
  isSatisfied() { return this.direction !== NONE; }
  markInputs(mark) { this.input().mark = mark; }
  input() { return this.direction === FORWARD ? this.a : this.b; }
  output() { return this.direction === FORWARD ? this.b : this.a; }
  markUnsatisfied() { this.direction = NONE; }
  inputsKnown(mark) { const i = this.input(); return i.mark === mark || i.stay || i.determinedBy === null; }
  recalculate() {
    const input = this.input(), out = this.output();
    out.walkStrength = Math.max(this.strength, input.walkStrength);
    out.stay = input.stay;
    if (out.stay) this.execute();
  }
}
class Equality extends BinaryConstraint {
  constructor(a, b, strength, planner) { super(a, b, strength); this.register(planner); }
  execute() { this.output().value = this.input().value; }
}
class Scale extends BinaryConstraint {
  constructor(a, scale, offset, b, strength, planner) { super(a, b, strength); this.scale = scale; this.offset = offset; this.register(planner); }
  addToGraph() { super.addToGraph(); this.scale.add(this); this.offset.add(this); }
  removeFromGraph() { super.removeFromGraph(); this.scale.remove(this); this.offset.remove(this); }
  markInputs(mark) { super.markInputs(mark); this.scale.mark = this.offset.mark = mark; }
  execute() {
    if (this.direction === FORWARD) this.b.value = this.a.value * this.scale.value + this.offset.value;
    else this.a.value = (this.b.value - this.offset.value) / this.scale.value;
  }
  recalculate() {
    const input = this.input(), out = this.output();
    out.walkStrength = Math.max(this.strength, input.walkStrength);
    out.stay = input.stay && this.scale.stay && this.offset.stay;
    if (out.stay) this.execute();
  }
}

class Planner {
  constructor() { this.mark = 0; }
  newMark() { return ++this.mark; }
  incrementalAdd(constraint) {
    const mark = this.newMark();
    let overridden = constraint.satisfy(this, mark);
    while (overridden !== null) overridden = overridden.satisfy(this, mark);
  }
  incrementalRemove(constraint) {
    const out = constraint.output();
    constraint.markUnsatisfied();
    constraint.removeFromGraph();
    const unsatisfied = this.removePropagate(out);
    for (let strength = REQUIRED; strength <= WEAKEST; strength++)
      for (const each of unsatisfied) if (each.strength === strength) this.incrementalAdd(each);
  }
  makePlan(sources) {
    const mark = this.newMark(), plan = [], todo = sources;
    while (todo.length > 0) {
      const constraint = todo.pop();
      if (constraint.output().mark !== mark && constraint.inputsKnown(mark)) {
        plan.push(constraint);
        constraint.output().mark = mark;
        this.consume(constraint.output(), todo);
      }
    }
    return plan;
  }
  planFor(constraints) { return this.makePlan(constraints.filter(c => c.isInput && c.isSatisfied())); }
  addPropagate(constraint, mark) {
    const todo = [constraint];
    while (todo.length > 0) {
      const next = todo.pop();
      if (next.output().mark === mark) { this.incrementalRemove(constraint); return false; }
      next.recalculate();
      this.consume(next.output(), todo);
    }
    return true;
  }
  removePropagate(out) {
    out.determinedBy = null; out.walkStrength = WEAKEST; out.stay = true;
    const unsatisfied = [], todo = [out];
    while (todo.length > 0) {
      const variable = todo.pop();
      for (const c of variable.constraints) if (!c.isSatisfied()) unsatisfied.push(c);
      for (const c of variable.constraints)
        if (c !== variable.determinedBy && c.isSatisfied()) { c.recalculate(); todo.push(c.output()); }
    }
    return unsatisfied;
  }
  consume(variable, into) {
    for (const c of variable.constraints) if (c !== variable.determinedBy && c.isSatisfied()) into.push(c);
  }
}

function chain(n) {
  const planner = new Planner();
  const variables = Array.from({ length: n + 1 }, () => new Variable(0));
  for (let i = 0; i < n; i++) new Equality(variables[i], variables[i + 1], REQUIRED, planner);
  new Stay(variables[n], STRONG_DEFAULT, planner);
  const edit = new Edit(variables[0], PREFERRED, planner);
  const plan = planner.planFor([edit]);
  for (let i = 0; i < 100; i++) {
    variables[0].value = i;
    for (const step of plan) step.execute();
    if (variables[n].value !== i) throw new Error('Chain test failed');
  }
  return variables[n].value;
}

function change(planner, variable, value) {
  const edit = new Edit(variable, PREFERRED, planner);
  const plan = planner.planFor([edit]);
  for (let i = 0; i < 10; i++) { variable.value = value; for (const step of plan) step.execute(); }
  edit.destroy(planner);
}

function projection(n) {
  const planner = new Planner();
  const scale = new Variable(10), offset = new Variable(1000), sources = [], targets = [];
  for (let i = 0; i < n; i++) {
    const source = new Variable(i), target = new Variable(i);
    sources.push(source); targets.push(target);
    new Stay(source, NORMAL, planner);
    new Scale(source, scale, offset, target, REQUIRED, planner);
  }
  let sum = 0;
  change(planner, sources[n - 1], 17); sum += targets[n - 1].value;
  change(planner, targets[n - 1], 1050); sum += sources[n - 1].value;
  change(planner, scale, 5);
  for (let i = 0; i < n - 1; i++) sum += targets[i].value;
  change(planner, offset, 2000);
  for (let i = 0; i < n - 1; i++) sum += targets[i].value;
  return sum;
}

let total = 0;
for (let round = 0; round < 25; round++) total += chain(100) + projection(100);
print(total);
