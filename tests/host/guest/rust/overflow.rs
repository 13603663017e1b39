// A Rust program that is linked with the library. It uses the library and then overflows its stack. The handler of std must
// report this. std installs the handler before main, and only if SIGSEGV has its default action, so a library that handles
// the signal at load would prevent it. tests/host/guest/run expects the message and SIGABRT.
use std::ffi::{c_char, c_int, c_void, CStr};
use std::hint::black_box;

extern "C" {
    fn tempfile_mkdtemp(options: *const c_void, path: *mut c_char, size: usize) -> c_int;
    fn tempfile_rmtree(path: *const c_char, flags: u32) -> c_int;
}

fn overflow(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    overflow(depth + 1) + frame[black_box(7)]
}

fn main() {
    let mut path: [c_char; 4096] = [0; 4096];
    unsafe {
        assert_eq!(tempfile_mkdtemp(std::ptr::null(), path.as_mut_ptr(), path.len()), 0);
        println!("made and removed {:?}", CStr::from_ptr(path.as_ptr()));
        assert_eq!(tempfile_rmtree(path.as_ptr(), 0), 0);
    }
    println!("{}", overflow(0));
}
