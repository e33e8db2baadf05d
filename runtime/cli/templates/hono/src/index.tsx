import { Hono } from 'hono';
import { Page } from './page.tsx';

/** What `holm serve . --env NAME=Ada` gives. */
interface Bindings {
  readonly NAME?: string;
}

const app = new Hono<{ Bindings: Bindings }>();

app.get('/', (c) => c.html(<Page name={c.req.query('name') ?? c.env.NAME ?? 'world'} />));
app.get('/api/:name', (c) => c.json({ message: `Hello, ${c.req.param('name')}!` }));
app.notFound((c) => c.json({ error: 'not found' }, 404));

export default app;
