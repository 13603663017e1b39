# Calls from a Fiber. Go does not know its stack, and would ask for the thread's bounds at each call, for which glibc reads
# /proc/self/maps. The library remembers the bounds. tests/host/guest/ruby/run runs this under strace, and counts.
#
# usage: ruby fiber.rb LIBRARY CALLS
require 'fiddle'

library = Fiddle.dlopen(ARGV[0])
calls = Integer(ARGV[1])
make = Fiddle::Function.new(library['tempfile_spooled_temporary_file'], [Fiddle::TYPE_VOIDP] * 2, Fiddle::TYPE_INT)
tell = Fiddle::Function.new(library['tempfile_file_tell'], [Fiddle::TYPE_VOIDP], Fiddle::TYPE_LONG_LONG)
free = Fiddle::Function.new(library['tempfile_file_free'], [Fiddle::TYPE_VOIDP], Fiddle::TYPE_VOID)

use = lambda do
  calls.times do
    room = Fiddle::Pointer.malloc(Fiddle::SIZEOF_VOIDP, Fiddle::RUBY_FREE)
    abort 'no file' unless make.call(nil, room).zero?
    file = room.ptr
    abort 'no position' unless tell.call(file).zero?
    free.call(file)
  end
end
use.call
Fiber.new { use.call }.resume
pid = fork do
  Fiber.new { use.call }.resume
  exit!(0)
end
Process.wait(pid)
abort 'the child failed' unless $?.success?
