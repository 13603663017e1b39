//! The worker in Rust: the jobs by the crates tempfile and remove_dir_all; see ../../worker.h.

use std::error::Error;
use std::fs::{create_dir, File};
use std::io::{self, BufRead, Read, Seek, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

type Done = Result<(), Box<dyn Error>>;

fn named() -> Done {
    Ok(tempfile::NamedTempFile::new()?.close()?)
}

fn unnamed() -> Done {
    drop(tempfile::tempfile()?);
    Ok(())
}

fn directory() -> Done {
    Ok(tempfile::tempdir()?.close()?)
}

/// 64 writes of 64 bytes, read back.
fn spooled() -> Done {
    let mut file = tempfile::SpooledTempFile::new(usize::MAX);
    let mut back = [0; 64 * 64];
    for _ in 0..64 {
        file.write_all(&[1; 64])?;
    }
    file.rewind()?;
    Ok(file.read_exact(&mut back)?)
}

fn tree() -> PathBuf {
    std::env::temp_dir().join("tree")
}

/// 40 directories of 500 empty files.
fn plant() -> Done {
    create_dir(tree())?;
    for i in 0..40 {
        let below = tree().join(format!("directory{i:02}"));
        create_dir(&below)?;
        for j in 0..500 {
            File::create_new(below.join(format!("file{j:03}")))?;
        }
    }
    Ok(())
}

fn remove_dir_all() -> Done {
    Ok(remove_dir_all::remove_dir_all(tree())?)
}

fn std_remove_dir_all() -> Done {
    Ok(std::fs::remove_dir_all(tree())?)
}

const SMALL: usize = 4096;
const LARGE: usize = 100 << 20;

fn replaced() -> PathBuf {
    std::env::temp_dir().join("replaced")
}

/// By a named temporary file and a rename.
fn replace_by_tempfile(content: &[u8]) -> Done {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(content)?;
    file.persist(replaced())?;
    Ok(())
}

fn replace_by_atomic_write_file(content: &[u8]) -> Done {
    let mut file = atomic_write_file::AtomicWriteFile::open(replaced())?;
    file.write_all(content)?;
    Ok(file.commit()?)
}

fn of_a_file(replace: fn(&[u8]) -> Done, content: &[u8], count: u32) -> Result<Duration, Box<dyn Error>> {
    let from = Instant::now();
    for _ in 0..count {
        replace(content)?;
    }
    Ok(from.elapsed())
}

fn repeated(round: fn() -> Done, count: u32) -> Result<Duration, Box<dyn Error>> {
    let from = Instant::now();
    for _ in 0..count {
        round()?;
    }
    Ok(from.elapsed())
}

fn of_a_tree(remove: fn() -> Done, count: u32) -> Result<Duration, Box<dyn Error>> {
    let mut total = Duration::ZERO;
    for _ in 0..count {
        plant()?;
        total += repeated(remove, 1)?;
    }
    Ok(total)
}

fn main() -> Done {
    let content = vec![b'x'; LARGE];
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (name, count) = line.split_once(' ').ok_or("not a request")?;
        let count = count.parse()?;
        let took = match name {
            "rust_named" => repeated(named, count)?,
            "rust_unnamed" => repeated(unnamed, count)?,
            "rust_directory" => repeated(directory, count)?,
            "rust_spooled" => repeated(spooled, count)?,
            "rust_persist_small" => of_a_file(replace_by_tempfile, &content[..SMALL], count)?,
            "rust_persist_large" => of_a_file(replace_by_tempfile, &content, count)?,
            "rust_atomic_small" => of_a_file(replace_by_atomic_write_file, &content[..SMALL], count)?,
            "rust_atomic_large" => of_a_file(replace_by_atomic_write_file, &content, count)?,
            "rust_remove_dir_all" => of_a_tree(remove_dir_all, count)?,
            "rust_std_remove_dir_all" => of_a_tree(std_remove_dir_all, count)?,
            _ => return Err(format!("unknown request: {line}").into()),
        };
        println!("{}", took.as_nanos());
    }
    Ok(())
}
