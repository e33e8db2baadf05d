import { applyMiddleware, combineReducers, legacy_createStore } from 'redux';
const log = () => (next) => (action) => { console.log('->', action.type); return next(action); };
const reducer = combineReducers({ count: (state = 0, action) => (action.type === 'add' ? state + action.by : state) });
const store = legacy_createStore(reducer, applyMiddleware(log));
store.subscribe(() => console.log(store.getState()));
store.dispatch({ type: 'add', by: 3 });
store.dispatch({ type: 'add', by: 4 });
