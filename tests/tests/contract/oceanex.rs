//! What is particular to `OceanEx` Pay: whole stories, adapter and simulator together on a clock that only moves when told to; finding
//! what was lost; the settings; and the simulator held to the vendor's document.

mod contradictions;
mod settings;
mod stories;
mod strictness;
mod world;
