//! What the service counts and measures, in closed sets of labels: nothing of a request can become a label, and nothing that
//! is counted on the way of a request locks, waits or allocates.

mod counters;
mod exposition;
mod figures;
mod histogram;
mod process;
mod pulse;
mod record;
mod wall_clock;

pub use counters::{Counters, Label};
pub use exposition::Exposition;
pub use figures::{Call, Metrics, labels};
pub use histogram::{Histogram, Histograms};
pub use pulse::{Pulse, Pulses};
pub use record::{RecordFigures, SpoolFigures, Timings};
pub use wall_clock::WallClock;
