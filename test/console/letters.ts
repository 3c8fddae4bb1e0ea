// Mail for the console to show: five domains, one of which refuses; a subject that would turn the page around; a page with
// links and an attachment.

const domains = ['busy.example', 'fine.example', 'plain.example', 'quick.example', 'refusing.example'];

const hostileSubject = 'invoice \u202egpj.exe <img src=x onerror="document.title=1">\u0007';

const letterTo = (recipient: string, subject: string) => ({
  envelope: 'orders@shop.example',
  recipient,
  tags: ['newsletter'],
  mime: `From: orders@shop.example\r\nTo: ${recipient}\r\nSubject: ${subject}\r\n\r\nHello!\r\n`,
});

const page = `<!doctype html><html><body style="font-family: sans-serif">
<h1>Your order</h1><p>It is on its way: <a href="https://shop.example/orders/17">track it</a>.</p>
<img src="https://tracker.example/pixel.gif" alt="">
<script>parent.document.title = 'owned'</script></body></html>`;

const withPage = {
  envelope: 'orders@shop.example',
  recipient: 'jo.doe@fine.example',
  tags: ['orders'],
  mime: {
    from: 'The shop <orders@shop.example>',
    to: 'Jo Doe <jo.doe@fine.example>',
    subject: 'Your order is on its way',
    text: 'Your order is on its way:\nhttps://shop.example/orders/17\n',
    html: page,
    attachments: [{filename: 'invoice.txt', content: 'Total: 17.00\n'}],
  },
};

const hostile = {
  envelope: 'stranger@elsewhere.example',
  recipient: 'ann@plain.example',
  mime: {
    from: '"<b>you</b>" <stranger@elsewhere.example>',
    to: 'ann@plain.example',
    subject: hostileSubject,
    text: 'Look at \u202ethis\u202c.\n',
  },
};

export const letters = [
  ...domains.flatMap(domain =>
    ['ann', 'bob', 'gone'].map(name => letterTo(`${name}@${domain}`, `News for ${name}`)),
  ),
  withPage,
  hostile,
];

export const deadLetter = letterTo('carol@fine.example', 'This one died');
