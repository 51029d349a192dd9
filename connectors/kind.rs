//! French and English words for kinds of equipment.
