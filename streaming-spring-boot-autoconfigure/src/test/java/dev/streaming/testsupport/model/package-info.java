/**
 * Model-based tests: random sequences of steps, checked against invariants, and made
 * small when they fail.
 */
package dev.streaming.testsupport.model;
