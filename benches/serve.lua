-- The requests of one run of wrk: wrk -s benches/serve.lua URL -- takk|bao read|write TOKEN
local names, count, server, kind = 100, 0, nil, nil

function init(arguments)
  server, kind = arguments[1], arguments[2]
  wrk.headers["Content-Type"] = "application/json"
  if server == "takk" then
    wrk.headers["Authorization"] = "Bearer " .. arguments[3]
  else
    wrk.headers["X-Vault-Token"] = arguments[3]
  end
  math.randomseed(os.time())
end

function request()
  count = count + 1
  local name = string.format("SECRET_%02d", math.random(0, names - 1))
  local value = string.format("a value of an ordinary length, of sixty-four bytes, nr %011d", count)
  if server == "takk" then
    local environment = "/api/v1/projects/bench/environments/dev"
    if kind == "read" then
      return wrk.format("GET", environment .. "/secrets/" .. name)
    end
    return wrk.format("POST", environment .. "/changes", nil, string.format('{"changes":[{"name":"%s","value":"%s"}]}', name, value))
  end
  local path = "/v1/kv/data/" .. name
  if kind == "read" then
    return wrk.format("GET", path)
  end
  return wrk.format("POST", path, nil, string.format('{"data":{"value":"%s"}}', value))
end

function done(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT\t%.0f\t%.2f\t%.2f\t%d\n", summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, failed))
end
