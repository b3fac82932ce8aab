// POST /script/checkout  {"token": "demo", "items": [{"sku": "tea", "quantity": 2}]}
//
// Four handlers behind one answer: who is buying (auth), is it there (inventory) and what does it cost (pricing), then the order.
// A call that could not be answered at all (a handler that trapped, timed out, is suspended…) rejects; nothing here catches that, so
// the runtime answers with the matching problem.
import { script, ok, error } from "mik-sdk";
import type { Host } from "mik-sdk";
import { readCart } from "./lib/cart";
import type { CartItem } from "./lib/cart";

// A line of the cart with what the shelves and the price list say about it; absent where they do not know the item.
interface Line extends CartItem {
  stock?: number;
  price?: number;
}

export default script(async (req, host) => {
  const cart = readCart(req.method, req.body);
  if ("fault" in cart) {
    return error({ status: 400, title: "Malformed cart", detail: cart.fault });
  }

  const login = await host.call("auth", { method: "POST", body: { token: cart.token } });
  if (login.status !== 200) {
    return error({ status: 401, title: "Not signed in", detail: login.body.error });
  }

  // Stock and price of every line, all at the same time.
  const lines = await Promise.all(cart.items.map((item) => look(host, item)));

  const unknown = lines.find((line) => line.stock === undefined || line.price === undefined);
  if (unknown) {
    return error({ status: 409, title: "Unknown item", detail: `We do not sell ${unknown.sku}.`, sku: unknown.sku });
  }

  const short = lines.find((line) => line.stock! < line.quantity);
  if (short) {
    return error({
      status: 409,
      title: "Out of stock",
      detail: `Only ${short.stock} of ${short.sku} left.`,
      sku: short.sku,
      available: short.stock,
    });
  }

  const items = lines.map(({ sku, quantity, price }) => ({ sku, quantity, price: price! }));
  const order = await host.call("orders", { method: "POST", body: { customer: login.body.customer, items } });
  if (order.status !== 201) {
    return error({ status: 502, title: "Order not taken", detail: order.body.error });
  }

  return ok({
    order: order.body.id,
    customer: order.body.customer,
    items: items.map((item) => ({ ...item, amount: item.quantity * item.price })),
    total: order.body.total,
  });
});

async function look(host: Host, item: CartItem): Promise<Line> {
  const [stock, price] = await Promise.all([
    host.call("inventory", { method: "POST", body: { sku: item.sku } }),
    host.call("pricing", { method: "POST", body: { sku: item.sku } }),
  ]);
  return { ...item, stock: stock.body.quantity, price: price.body.price };
}
