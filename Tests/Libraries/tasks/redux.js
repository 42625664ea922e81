// packages: node-redux
// modules: redux = nodejs/redux/dist/redux.js
// fuel: 400000   heap: 4m
const { createStore, combineReducers, applyMiddleware, bindActionCreators, compose } = require('redux');
const todos = (state = [], action) => {
    switch (action.type) {
    case 'add': return [...state, { id: state.length, text: action.text, done: false }];
    case 'toggle': return state.map(t => t.id === action.id ? { ...t, done: !t.done } : t);
    case 'clear': return state.filter(t => !t.done);
    default: return state;
    }
};
const counter = (state = { n: 0, log: [] }, action) => action.type === 'add' ? { n: state.n + 1, log: [action.text.length, ...state.log].slice(0, 5) } : state;
const seen = [];
const logger = store => next => action => { seen.push(action.type + ':' + store.getState().todos.length); return next(action); };
const thunk = ({ dispatch, getState }) => next => action => typeof action === 'function' ? action(dispatch, getState) : next(action);
const store = createStore(combineReducers({ todos, counter }), { todos: [], counter: undefined }, compose(applyMiddleware(thunk, logger)));
let notified = 0;
const stop = store.subscribe(() => notified++);
const actions = bindActionCreators({ add: text => ({ type: 'add', text }), toggle: id => ({ type: 'toggle', id }), many: n => (dispatch, get) => { for (let i = 0; i < n; i++) dispatch({ type: 'add', text: 'm' + get().counter.n }); return n; } }, store.dispatch);
for (let i = 0; i < 120; i++) { actions.add('todo ' + 'x'.repeat(i % 7)); if (i % 3 === 0) actions.toggle(i >> 1); if (i % 40 === 39) store.dispatch({ type: 'clear' }); }
console.log(actions.many(10), notified, seen.length, seen.slice(-20).join());
stop(); actions.add('after');
console.log(notified, JSON.stringify(store.getState()));
for (const bad of [() => store.dispatch({}), () => store.dispatch([]), () => createStore(1), () => combineReducers({ a: () => undefined })({}, { type: 'q' }), () => store.subscribe(3)])
    try { bad(); console.log('fine'); } catch (error) { console.log(error.name, error.message); }
store.replaceReducer((s = 0) => 'replaced');
console.log(store.getState());
