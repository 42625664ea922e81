// packages: node-react
// modules: react = nodejs/react/umd/react.production.min.js
// fuel: 1400000   heap: 4m
const React = require('react');
const h = React.createElement;
// A small server-side renderer: walks the element tree to HTML, with class and function components, context, memo and hooks.
const internals = React.__SECRET_INTERNALS_DO_NOT_USE_OR_YOU_WILL_BE_FIRED;
let ids = 0;
internals.ReactCurrentDispatcher.current = { useState: init => [typeof init === 'function' ? init() : init, () => {}], useReducer: (r, s) => [s, () => {}], useMemo: f => f(), useCallback: f => f,
    useRef: current => ({ current }), useContext: c => c._currentValue, useEffect() {}, useLayoutEffect() {}, useId: () => ':' + ids++ };
const escape = s => String(s).replace(/[&<>"]/g, c => '&#' + c.charCodeAt(0) + ';');
function render(node) {
    if (node == null || typeof node === 'boolean') return '';
    if (typeof node === 'string' || typeof node === 'number') return escape(node);
    if (Array.isArray(node)) return node.map(render).join('');
    const { type, props } = node;
    if (typeof type === 'string') {
        const attributes = Object.keys(props).filter(k => k !== 'children' && typeof props[k] !== 'function').map(k => ` ${k === 'className' ? 'class' : k}="${escape(k === 'style' ? Object.entries(props[k]).map(e => e.join(':')).join(';') : props[k])}"`).join('');
        return `<${type}${attributes}>${render(props.children)}</${type}>`;
    }
    if (typeof type === 'symbol') return render(props.children);
    if (typeof type === 'function') {
        if (type.prototype && type.prototype.isReactComponent) {
            const instance = new type(props);
            if (type.getDerivedStateFromProps) instance.state = { ...instance.state, ...type.getDerivedStateFromProps(props, instance.state) };
            return render(instance.render());
        }
        return render(type(props));
    }
    switch (String(type.$$typeof)) {
    case 'Symbol(react.provider)': { const context = type._context, old = context._currentValue; context._currentValue = props.value; const out = render(props.children); context._currentValue = old; return out; }
    case 'Symbol(react.context)': return render(props.children(type._currentValue));
    case 'Symbol(react.memo)': return render({ type: type.type, props });
    case 'Symbol(react.forward_ref)': return render(type.render(props, node.ref));
    }
    throw new Error('unknown element');
}
const Theme = React.createContext('light');
class Row extends React.Component { constructor(p) { super(p); this.state = { open: p.n % 2 === 0 }; } static getDerivedStateFromProps(p) { return { twice: p.n * 2 }; }
    render() { return h('li', { className: this.state.open ? 'open' : 'shut', key: 1 }, this.props.n, '/', this.state.twice, this.props.children); } }
Row.defaultProps = { n: -1 };
const Button = React.forwardRef((props, ref) => h('button', { id: React.useId(), onClick() {} }, React.useContext(Theme), ref ? '!' : '', props.label));
const Cell = React.memo(({ v }) => { const [s] = React.useState(() => v * v); return h('td', { style: { color: 'red', width: s } }, React.useMemo(() => `<${s}>`, [s])); });
const App = ({ n }) => h(React.Fragment, null, h(Theme.Provider, { value: 'dark' + n }, h('ul', null, Array.from({ length: n }, (_, i) => h(Row, i % 5 ? { n: i, key: i } : { key: i }, h(Button, { label: 'b' + i, ref: i % 3 ? { current: null } : null }))))),
    h('table', null, Array.from({ length: n }, (_, r) => h('tr', { key: r }, Array.from({ length: 6 }, (_, c) => h(Cell, { v: r * c, key: c }))))), h(Theme.Consumer, null, v => v));
for (const n of [0, 3, 40]) console.log(render(h(App, { n })));
const kids = [h('a', { key: 'x' }), [h('b'), 'text', null, [h('i', { key: 'deep' })]], 7];
console.log(React.Children.count(kids), JSON.stringify(React.Children.map(kids, (k, i) => React.isValidElement(k) ? React.cloneElement(k, { i }, 'c' + i) : k).map(k => k.key ?? k)), React.Children.toArray(kids).length);
try { React.Children.only(kids); } catch (error) { console.log(error.message); }
console.log(JSON.stringify(h('p', { a: 1, key: 'k', ref: 'r' }, 1, 2)), React.version);
