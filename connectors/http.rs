//! One way of asking over HTTP.
