// Two calls at once, one small answer: the composition that mik is made for.
import { script, ok } from "mik-sdk";

export default script(async (req, host) => {
  const { sku } = req.body;
  const [first, second] = await Promise.all([
    host.call("http_hello", { method: "POST", body: { sku } }),
    host.call("http_hello", { method: "POST", body: { sku } }),
  ]);
  return ok({ sku, statuses: [first.status, second.status] });
});
