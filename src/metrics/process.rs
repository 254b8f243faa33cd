//! What this process takes of its machine. Read from `/proc`, so on Linux only; elsewhere the figures are left out.

use std::fs::{read_dir, read_to_string};

/// Linux tells times of a process in hundredths of a second, whatever the kernel counts in.
const TICKS_PER_SECOND: f64 = 100.0;

/// Memory, time and files of this process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Process {
    /// Bytes of memory that are resident.
    pub(super) resident_bytes: u64,
    /// Seconds of processor time, in the program and in the kernel.
    pub(super) cpu_seconds: f64,
    /// Open file descriptors.
    pub(super) open_files: u64,
}

impl Process {
    /// As it is now.
    pub(super) fn now() -> Option<Self> {
        let status = read_to_string("/proc/self/status").ok()?;
        let stat = read_to_string("/proc/self/stat").ok()?;
        Some(Self {
            resident_bytes: resident_bytes(&status)?,
            cpu_seconds: cpu_seconds(&stat)?,
            open_files: u64::try_from(read_dir("/proc/self/fd").ok()?.count()).ok()?,
        })
    }
}

fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// The fields after the name of the program, which stands in brackets and may itself hold blanks and brackets.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut times = after_name.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (times.next()?.parse().ok()?, times.next()?.parse().ok()?);
    Some((user + system) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_processor_time_are_read_whatever_the_program_is_called() {
        assert_eq!(resident_bytes("Name:\therald\nVmRSS:\t   24000 kB\nThreads:\t7\n"), Some(24_576_000));
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 7 0 100 1 1";
        assert_eq!(cpu_seconds(stat), Some(2.0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_memory_and_open_files() {
        let process = Process::now().unwrap();
        assert!(process.resident_bytes > 1 << 20 && process.open_files >= 3, "{process:?}");
    }
}
