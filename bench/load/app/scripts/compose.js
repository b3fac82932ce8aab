// The composition under load: two handlers at once, one small answer. The peer runs the same.
import { script, ok } from "mik-sdk";

export default script(async (req, host) => {
  const { sku } = req.body;
  const [inventory, pricing] = await Promise.all([
    host.call("inventory", { method: "POST", body: { sku } }),
    host.call("pricing", { method: "POST", body: { sku } }),
  ]);
  return ok({ available: inventory.body.quantity > 0, price: pricing.body.price });
});
