-- A list of bodies, each sent once; the load ends with the list. Arguments: path, file, threads, then
-- header fields.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")

local lines, fields, path, step, at = {}, {}, nil, 1, 0

function init(arguments)
  path, step = arguments[1], tonumber(arguments[3])
  for line in io.lines(arguments[2]) do table.insert(lines, line) end
  for i = 4, #arguments do
    local name, value = string.match(arguments[i], "^([^:]+): (.*)$")
    fields[name] = value
  end
  at = number + 1
end

function request()
  local line = lines[at]
  if line == nil then
    -- Nothing is sent from here on: what is asked for is a page that costs nothing.
    wrk.thread:stop()
    return wrk.format("GET", "/health")
  end
  at = at + step
  return wrk.format("POST", path, fields, line)
end
