//! From which copy a leaked file comes (E4).
