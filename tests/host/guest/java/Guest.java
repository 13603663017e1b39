import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * The library in a JVM, by foreign functions: 10,000 rounds, threads and bad input. In between, the JVM uses signals
 * itself, for null pointers, stack overflows and collections.
 *
 * usage: java Guest.java LIBRARY
 */
final class Guest {
    private static final Linker LINKER = Linker.nativeLinker();
    private static SymbolLookup library;

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        MemorySegment address = library.find("tempfile_" + name).orElseThrow();
        return LINKER.downcallHandle(address,
            result == null ? FunctionDescriptor.ofVoid(arguments) : FunctionDescriptor.of(result, arguments));
    }

    private static void check(boolean condition) {
        if (!condition) throw new AssertionError();
    }

    private final MethodHandle named = function("named_temporary_file", JAVA_INT, ADDRESS, ADDRESS);
    private final MethodHandle spooled = function("spooled_temporary_file", JAVA_INT, ADDRESS, ADDRESS);
    private final MethodHandle directory = function("temporary_directory", JAVA_INT, ADDRESS, ADDRESS);
    private final MethodHandle fileName = function("file_name", ADDRESS, ADDRESS);
    private final MethodHandle directoryName = function("directory_name", ADDRESS, ADDRESS);
    private final MethodHandle write = function("file_write", JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG);
    private final MethodHandle read = function("file_read", JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG);
    private final MethodHandle seek = function("file_seek", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT);
    private final MethodHandle rollover = function("file_rollover", JAVA_INT, ADDRESS);
    private final MethodHandle freeFile = function("file_free", null, ADDRESS);
    private final MethodHandle freeDirectory = function("directory_free", null, ADDRESS);
    private final MethodHandle rmtree = function("rmtree", JAVA_INT, ADDRESS, JAVA_INT);

    private MemorySegment make(Arena arena, MethodHandle constructor) throws Throwable {
        MemorySegment out = arena.allocate(ADDRESS);
        check((int) constructor.invokeExact(MemorySegment.NULL, out) == 0);
        return out.get(ADDRESS, 0);
    }

    private static String string(MemorySegment text) {
        return text.reinterpret(4096).getString(0);
    }

    private void round(int i) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom("round " + i), buffer = arena.allocate(64);
            long size = text.byteSize() - 1;
            MemorySegment file = make(arena, spooled);
            check((long) write.invokeExact(file, text, size) == size);
            if (i % 2 == 0) check((int) rollover.invokeExact(file) == 0);
            check((long) seek.invokeExact(file, 0L, 0) == 0);
            check((long) read.invokeExact(file, buffer, 64L) == size);
            check(buffer.getString(0).equals("round " + i));
            freeFile.invokeExact(file);
            check((long) write.invokeExact(file, text, size) == -9);
            MemorySegment other = make(arena, named);
            Path name = Path.of(string((MemorySegment) fileName.invokeExact(other)));
            check(Files.exists(name));
            freeFile.invokeExact(other);
            check(!Files.exists(name));
            MemorySegment tree = make(arena, directory);
            Path root = Path.of(string((MemorySegment) directoryName.invokeExact(tree)));
            Files.createDirectory(root.resolve("inner"));
            freeDirectory.invokeExact(tree);
            check(!Files.exists(root));
        }
    }

    private static int depth(int n) {
        return depth(n + 1) + 1;
    }

    /** Causes faults that the JVM handles: a null pointer, and the guard page at the end of a stack. */
    private static void fault(int i) {
        Object[] nothing = i < 0 ? new Object[1] : null;
        try {
            check(nothing[0] == null);
            throw new AssertionError();
        } catch (NullPointerException expected) {
        }
        if (i % 1000 == 0) {
            try {
                depth(0);
                throw new AssertionError();
            } catch (StackOverflowError expected) {
            }
            System.gc();
        }
    }

    public static void main(String[] arguments) throws Throwable {
        library = SymbolLookup.libraryLookup(Path.of(arguments[0]), Arena.global());
        Guest guest = new Guest();
        for (int i = 0; i < 10000; i++) {
            guest.round(i);
            fault(i);
        }
        check((int) guest.rmtree.invokeExact(MemorySegment.NULL, 0) == -22);
        check((long) guest.write.invokeExact(MemorySegment.ofAddress(7), MemorySegment.NULL, 1L) == -9);
        ArrayList<Throwable> failures = new ArrayList<>();
        ArrayList<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 64; t++) {
            Runnable work = () -> {
                try {
                    for (int i = 1; i < 50; i++) {
                        guest.round(i);
                        fault(i);
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            };
            threads.add(t % 8 == 0 ? Thread.ofVirtual().start(work) : Thread.ofPlatform().start(work));
        }
        for (Thread thread : threads) thread.join();
        if (!failures.isEmpty()) throw failures.get(0);
        check(new ProcessBuilder("true").start().waitFor() == 0);
        System.out.print("10000 rounds, 10000 faults of its own, bad input, 64 threads with 49 rounds, a child process");
    }
}
