/**
 * Protects the sample's pages and endpoints from other sites. Nothing in it is about
 * streaming.
 */
@NullMarked
package dev.streaming.sample.web;

import org.jspecify.annotations.NullMarked;
