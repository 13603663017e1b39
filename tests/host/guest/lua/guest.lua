-- The library from LuaJIT: 10,000 rounds of create, write, spool and free, bad input, and a forked child.
-- usage: luajit guest.lua LIBRARY
local ffi = require("ffi")
ffi.cdef[[
typedef struct { size_t struct_size; int code; const char *operation, *path, *message; size_t needed; } tempfile_error;
const tempfile_error *tempfile_last_error(void);
int tempfile_named_temporary_file(const void *options, void **out_file);
int tempfile_spooled_temporary_file(const void *options, void **out_file);
int tempfile_temporary_directory(const void *options, void **out_directory);
const char *tempfile_file_name(const void *file);
const char *tempfile_directory_name(const void *directory);
int64_t tempfile_file_write(void *file, const char *data, size_t size);
int64_t tempfile_file_read(void *file, char *buffer, size_t size);
int64_t tempfile_file_seek(void *file, int64_t offset, int whence);
int tempfile_file_rollover(void *file);
void tempfile_file_free(void *file);
void tempfile_directory_free(void *directory);
int tempfile_mkdtemp(const void *options, char *path, size_t size);
int tempfile_rmtree(const char *path, uint32_t flags);
int fork(void);
int waitpid(int pid, int *status, int options);
int access(const char *path, int mode);
void _exit(int code);
unsigned alarm(unsigned seconds);
]]
local lib, C = ffi.load(arg[1]), ffi.C
local out, buffer = ffi.new("void *[1]"), ffi.new("char[4096]")

local function round(i)
  local text = "round " .. i
  assert(lib.tempfile_spooled_temporary_file(nil, out) == 0)
  local file = out[0]
  assert(lib.tempfile_file_write(file, text, #text) == #text)
  if i % 2 == 0 then assert(lib.tempfile_file_rollover(file) == 0) end
  assert(lib.tempfile_file_seek(file, 0, 0) == 0)
  assert(lib.tempfile_file_read(file, buffer, 4096) == #text and ffi.string(buffer, #text) == text)
  lib.tempfile_file_free(file)
  assert(lib.tempfile_file_write(file, text, #text) == -9)
  assert(lib.tempfile_named_temporary_file(nil, out) == 0)
  local name = ffi.string(lib.tempfile_file_name(out[0]))
  assert(C.access(name, 0) == 0)
  lib.tempfile_file_free(out[0])
  assert(C.access(name, 0) ~= 0)
  assert(lib.tempfile_temporary_directory(nil, out) == 0)
  lib.tempfile_directory_free(out[0])
end

for i = 1, 10000 do round(i) end
assert(lib.tempfile_mkdtemp(nil, nil, 0) == -34)
assert(lib.tempfile_last_error().needed > 0)
assert(lib.tempfile_file_write(ffi.cast("void *", 7), "x", 1) == -9)
assert(lib.tempfile_rmtree(nil, 0) == -22)

-- The parent's objects in a child: they have the same data, and the child deletes none of them.
assert(lib.tempfile_named_temporary_file(nil, out) == 0)
local file, status = out[0], ffi.new("int[1]")
local name = ffi.string(lib.tempfile_file_name(file))
assert(lib.tempfile_file_write(file, "inherited", 9) == 9)
local pid = C.fork()
if pid == 0 then
  C.alarm(60)
  local ok, why = pcall(function()
    assert(lib.tempfile_file_seek(file, 0, 0) == 0 and lib.tempfile_file_read(file, buffer, 4096) == 9)
    lib.tempfile_file_free(file)
    for i = 1, 100 do round(i) end
  end)
  if not ok then io.stderr:write(tostring(why), "\n") end
  C._exit(ok and 0 or 1)
end
assert(C.waitpid(pid, status, 0) == pid and status[0] == 0)
assert(C.access(name, 0) == 0)
lib.tempfile_file_free(file)
io.write("10000 rounds, bad input, a child with 100 rounds")
