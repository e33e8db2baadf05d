// A response that is sent while it is made: one line every 200 ms, as server-sent events. When the client goes
// away, `cancel` is called.
//
//   curl -N http://127.0.0.1:8080/stream?count=5

export default {
  fetch(request) {
    const wanted = Number(new URL(request.url).searchParams.get('count') ?? 3);
    const count = Math.min(Math.max(Math.trunc(wanted) || 0, 0), 20);
    const encoder = new TextEncoder();
    let timer;

    const body = new ReadableStream({
      start(controller) {
        let sent = 0;
        const next = () => {
          if (sent === count) {
            controller.enqueue(encoder.encode('event: end\ndata: bye\n\n'));
            controller.close();
            return;
          }
          sent++;
          controller.enqueue(encoder.encode(`data: ${sent} of ${count}\n\n`));
          timer = setTimeout(next, 200);
        };
        next();
      },
      cancel() {
        clearTimeout(timer);
        console.log('the client has gone');
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
  },
};
