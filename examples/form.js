// An HTML form and what it sends: fields and a file, as multipart/form-data or urlencoded.
//
//   curl -F name=Ada -F file=@README.md http://127.0.0.1:8080/form
//   curl -d name=Ada http://127.0.0.1:8080/form

const page = `<!doctype html>
<title>Form</title>
<form method="post" enctype="multipart/form-data">
  <label>Name <input name="name" required></label>
  <label>File <input name="file" type="file"></label>
  <button>Send</button>
</form>
`;

export default {
  async fetch(request) {
    if (request.method === 'GET') {
      return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } });
    }
    let form;
    try {
      form = await request.formData();
    } catch {
      return Response.json({ error: 'the body is not a form' }, { status: 400 });
    }
    const name = String(form.get('name') ?? '').trim();
    if (name === '') return Response.json({ error: 'name is missing' }, { status: 422 });

    const file = form.get('file');
    const upload = file instanceof File && file.name ? { name: file.name, type: file.type, bytes: file.size } : null;
    return Response.json({ name, file: upload });
  },
};
