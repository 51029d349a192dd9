//! What a process has cost so far, by proc(5).

/// Seconds of processor time that it has taken.
pub fn processor_seconds() -> f64 {
    processor_seconds_of(std::process::id())
}

/// The same of any process (fields 14 and 15 of `stat`, in hundredths).
pub fn processor_seconds_of(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// A figure of the memory of any process, in megabytes: `VmRSS` is what it holds, `VmHWM` the most it has held.
pub fn megabytes_of(pid: u32, figure: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':')).unwrap();
    // What proc(5) calls a kB has 1024 bytes.
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0 / 1e6
}
