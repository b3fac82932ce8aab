wrk.method = "POST"
wrk.body = '{"sku":"tea"}'
wrk.headers["Content-Type"] = "application/json"
