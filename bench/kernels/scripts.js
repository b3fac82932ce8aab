// Evaluated in QuickJS, on either engine. Each kernel is a function of how often to do its work; what it returns must be the same.

function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

// About 50 KB.
const orders = Array.from({ length: 250 }, (_, i) => ({
  id: `order-${i}`,
  customer: { name: `Zoë "${i}" Müller`, email: `zoe.${i}@example.org`, isNew: i % 3 === 0 },
  lines: [{ sku: `A-${i * 7}`, quantity: i % 5 + 1, price: i * 1.25 }, { sku: `B-${i * 11}`, quantity: 2, price: 19.99 }],
  note: i % 4 ? null : 'left at the door',
}));
const text = JSON.stringify(orders);

kernels.add('quickjs fib', times => {
  let sum = 0;
  while (times-- > 0) {
    sum = sum + fib(27) >>> 0;
  }
  return sum;
});

kernels.add('quickjs json', times => {
  let length = 0;
  while (times-- > 0) {
    const copy = JSON.parse(text);
    copy[times % copy.length].note = times;
    length = length + JSON.stringify(copy).length >>> 0;
  }
  return length;
});
