//! What reachability needs of the network, taken out of the graph once.
//!
//! Rows are those of the tables of the snapshot, so that a number here is a
//! node there. Uses the graph; decides nothing.
